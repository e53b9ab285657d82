"""Make `drivers/emulators/faces/NAME.webp` and `NAME.json` from a photograph: once, by a developer.

    python setup/portraits.py PICTURES MODELS

PICTURES: folder of a `NAME.jpg` for each outline in `portraits.json` (the test pictures in the source archive of
`face-recognition` 1.3.0 on PyPI). MODELS: folder with `centerface.onnx`, `face_landmark.tflite` and
`iris_landmark.tflite` (`nightdesk models install`).

The person is cut out at a fixed distance of the eyes, by the outline, refined by GrabCut (Rother et al. 2004). The JSON
file carries the 468 points of the face mesh (Kartynnik et al. 2019) in pixels of the cut picture, z towards the camera,
the lids' edges from left to right, and how deep the head is. Emulators read these two files only.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from kiosk.identity.detector import CenterFaceDetector

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

OUTLINES: Final = Path(__file__).with_suffix(".json")  # drawn by eye, in pixels of the cut picture
FACES: Final = Path(__file__).parents[1] / "drivers" / "emulators" / "faces"
EYES_APART_PX: Final = 110.0
ABOVE, BELOW, BESIDE = 2.1, 4.4, 3.1  # of the eyes, in distances of the eyes
GRID_PX: Final = 16  # depth is told for every sixteenth pixel
RING_STEPS: Final = 48
RING_OUT: Final = (1.25, 1.6)  # the head goes on beyond the mesh: rings, in shares of the mesh's own outline
RING_FALL: Final = 0.9  # depth lost a pixel outwards; steeper, and a turned cheek would cover itself
RELIEF: Final = (
    1.4  # the mesh is flatter than faces are: turned by 25 degrees it measured itself as turned by 15
)
NECK_BEHIND: Final = 0.25  # the axis of turning, behind the ears, in half widths of the face
LEFT_EAR, RIGHT_EAR = 234, 454
LONGER_PX: Final = 400  # the coat goes on, for who stands further away
MESH_PX: Final = 192
MESH_BOX: Final = 1.5  # of the detected face
DRAWN_WITHIN_PX: Final = 5.0  # how well an outline follows the edge
CERTAIN: Final = 0.97
EDGE_PX: Final = 1.8
EYES: Final = ((33, 133), (362, 263))  # corners in the mesh, as seen from left to right
EYE_PX: Final = 64
EYE_BOX: Final = 2.3  # side of the region, in widths of the eye
CUT_ROUNDS: Final = 4
WEBP_QUALITY: Final = 88


def main(pictures: Path, models: Path) -> None:
    """Everybody whose outline is drawn."""
    detector = CenterFaceDetector(models / "centerface.onnx")
    mesh, iris = (_network(models / file) for file in ("face_landmark.tflite", "iris_landmark.tflite"))
    for name, outline in json.loads(OUTLINES.read_text(encoding="utf-8")).items():
        photo = cv2.imread(str(pictures / f"{name}.jpg"))
        assert photo is not None, f"{pictures / name}.jpg is not there"
        picture = upright(np.asarray(photo, np.uint8), detector)
        points = landmarks(picture, detector, mesh)
        alpha = cut_out(picture, np.array(outline))
        person = cv2.copyMakeBorder(np.dstack([picture, alpha]), 0, LONGER_PX, 0, 0, cv2.BORDER_REPLICATE)
        cv2.imwrite(str(FACES / f"{name}.webp"), person, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
        eyes = [
            lids(picture, points[list(corners), :2], iris, mirrored=not n) for n, corners in enumerate(EYES)
        ]
        rows = ",\n".join(json.dumps(point) for point in points.round(1).tolist())
        relief = ",\n".join(json.dumps(row) for row in depth(points, person.shape).round(1).tolist())
        told = (
            f'{{"points": [\n{rows}\n],\n"eyes": {json.dumps([eye.round(1).tolist() for eye in eyes])},\n'
            f'"depth": [\n{relief}\n]}}\n'
        )
        (FACES / f"{name}.json").write_text(told, encoding="utf-8")
        print(name, picture.shape)


def upright(photo: Image, detector: CenterFaceDetector) -> Image:
    """The person at `EYES_APART_PX`, eyes level, as much of the surroundings as the photo has."""
    face = detector.detect(photo)[0]
    left, right = face.points[0], face.points[1]
    axis = right - left
    matrix = cv2.getRotationMatrix2D(
        tuple((left + right) / 2),
        float(np.degrees(np.arctan2(axis[1], axis[0]))),
        EYES_APART_PX / float(np.hypot(*axis)),
    )
    width, height = round(2 * BESIDE * EYES_APART_PX), round((ABOVE + BELOW) * EYES_APART_PX)
    matrix[:, 2] += np.array([width / 2, ABOVE * EYES_APART_PX]) - (left + right) / 2
    grown = cv2.warpAffine(
        photo, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(grown, np.uint8)


def landmarks(picture: Image, detector: CenterFaceDetector, mesh: Any) -> Points:
    """468 points (x, y, z) in pixels of the picture, z towards the camera."""
    face = detector.detect(picture)[0]
    side = MESH_BOX * max(face.width, face.height)
    x, y = face.x + face.width / 2 - side / 2, face.y + face.height / 2 - side / 2
    matrix = np.array([[MESH_PX / side, 0, -x * MESH_PX / side], [0, MESH_PX / side, -y * MESH_PX / side]])
    crop = _rgb(cv2.warpAffine(picture, matrix, (MESH_PX, MESH_PX)))
    answers = _answers(mesh, crop)
    points = next(answer for answer in answers if answer.size == 468 * 3).reshape(468, 3)
    scaled = points.astype(np.float64) * side / MESH_PX
    return np.stack([scaled[:, 0] + x, scaled[:, 1] + y, -scaled[:, 2]], axis=1)


def depth(points: Points, shape: tuple[int, ...]) -> Points:
    """z of every `GRID_PX`th pixel from the axis of turning: a thin plate through the mesh and rings around it."""
    grid = np.stack(np.meshgrid(np.arange(0, shape[1], GRID_PX), np.arange(0, shape[0], GRID_PX)), axis=-1)
    middle = points[:, :2].mean(axis=0)
    hull = points[cv2.convexHull(points[:, :2].astype(np.float32), returnPoints=False)[:, 0]]
    angle = np.arctan2(*(hull[:, :2] - middle).T[::-1])
    order = np.argsort(angle)
    steps = np.linspace(-np.pi, np.pi, RING_STEPS, endpoint=False)
    edge = np.stack(
        [np.interp(steps, angle[order], hull[order, k], period=2 * np.pi) for k in range(3)], axis=1
    )
    out = np.hypot(*(edge[:, :2] - middle).T)
    rings = [
        np.column_stack([middle + (edge[:, :2] - middle) * far, edge[:, 2] - RING_FALL * (far - 1) * out])
        for far in RING_OUT
    ]
    known = np.concatenate([points, *rings])
    ears = points[[LEFT_EAR, RIGHT_EAR]]
    axis_z = ears[:, 2].mean() - NECK_BEHIND * np.hypot(*(ears[1] - ears[0])[:2]) / 2
    plate = _thin_plate(known[:, :2], known[:, 2] - axis_z, grid.reshape(-1, 2)).reshape(grid.shape[:2])
    deepest = float(known[:, 2].min() - axis_z)
    return np.asarray(RELIEF * np.clip(plate, deepest, known[:, 2].max() - axis_z), np.float64)


def _thin_plate(at: Points, height: Points, wanted: NDArray[np.int64]) -> Points:
    """Smoothed thin-plate spline (Duchon 1977) through `height` at `at`, evaluated at `wanted`."""
    scale = float(at.std())

    def bend(a: Points, b: Points) -> Points:
        squared = ((a[:, None] - b[None]) ** 2).sum(axis=2) / scale**2
        return np.asarray(squared * np.log(squared + 1e-12), np.float64)

    count = len(at)
    flat = np.column_stack([np.ones(count), at / scale])
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = bend(at, at) + 0.05 * np.eye(count)
    system[:count, count:], system[count:, :count] = flat, flat.T
    weights = np.linalg.solve(system, np.concatenate([height, np.zeros(3)]))
    result = bend(wanted.astype(np.float64), at) @ weights[:count]
    plane: Points = result + np.column_stack([np.ones(len(wanted)), wanted / scale]) @ weights[count:]
    return plane


def lids(picture: Image, corners: Points, iris: Any, *, mirrored: bool) -> Points:
    """Edges of the upper and the lower lid from left to right, (2, 9, 2). The model knows the person's left eye."""
    side = EYE_BOX * float(np.hypot(*(corners[1] - corners[0])))
    first = corners.mean(axis=0) - side / 2
    scale = EYE_PX / side
    matrix = np.array([[scale, 0, -first[0] * scale], [0, scale, -first[1] * scale]])
    crop = _rgb(cv2.warpAffine(picture, matrix, (EYE_PX, EYE_PX)))
    answers = _answers(iris, np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop)
    contour = (
        next(answer for answer in answers if answer.size == 71 * 3).reshape(71, 3)[:16, :2].astype(np.float64)
    )
    if mirrored:
        contour[:, 0] = EYE_PX - contour[:, 0]
    lower, upper = contour[:9], contour[[0, *range(9, 16), 8]]  # from the inner corner to the outer one
    edges = np.stack([upper, lower])[:, :: -1 if mirrored else 1]
    return np.asarray(edges / scale + first, np.float64)


def _rgb(bgr: NDArray[Any]) -> Image:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _network(model: Path) -> Any:
    network = Interpreter(str(model), num_threads=1)
    network.allocate_tensors()
    return network


def _answers(network: Any, rgb: Image) -> list[NDArray[np.float32]]:
    network.set_tensor(network.get_input_details()[0]["index"], rgb[None].astype(np.float32) / 255)
    network.invoke()
    return [network.get_tensor(detail["index"]) for detail in network.get_output_details()]


def cut_out(picture: Image, outline: NDArray[np.int64]) -> Image:
    """How much of each pixel belongs to the person, 0 to 255: the outline, refined where it may be wrong."""
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline.astype(np.int32)], 255)
    rounded = cv2.GaussianBlur(inside, (0, 0), DRAWN_WITHIN_PX)
    mask = np.where(rounded > 127, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[rounded > 255 * CERTAIN] = cv2.GC_FGD
    mask[rounded < 255 * (1 - CERTAIN)] = cv2.GC_BGD
    cv2.setRNGSeed(1)
    cv2.grabCut(
        picture, mask, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), CUT_ROUNDS, cv2.GC_INIT_WITH_MASK
    )
    person = np.where(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)), np.uint8(255), np.uint8(0))
    smooth = cv2.GaussianBlur(cv2.medianBlur(person, 9), (0, 0), EDGE_PX)
    return np.asarray(
        np.clip(2.0 * smooth.astype(np.float32) - 255, 0, 255), np.uint8
    )  # half inside the edge


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
