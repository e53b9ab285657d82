/* An example of a face engine in a process of its own: the protocol of docs/external-face-engine.md and nothing else.
 *
 * Where a vendor's library is called, `template_of`, `likeness` and `liveness_of` stand; here they are toys that tell
 * pictures apart, not people. Build: cc -std=c11 -O2 -o face_engine face_engine.c -lm (little-endian machines).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELLO = 1, TEMPLATE = 2, COMPARE = 3, LIVENESS = 4 };
enum { DONE = 0, REFUSED = 1, UNSUPPORTED = 2 };
enum { PROTOCOL = 1, SIDE = 16, CELLS = SIDE * SIDE, TEMPLATE_BYTES = CELLS * 4, MOST = 64 << 20 };
static const char VERSION[] = "example engine 1.0";

struct picture {
    uint32_t width, height;
    float box[4], points[10]; /* x, y, width, height; five points x, y: eyes, nose, corners of the mouth */
};                            /* behind it: height rows of width BGR pixels */

/* Grey of a pixel, 0 to 255; outside of the picture the nearest one. */
static float grey(const struct picture *head, const uint8_t *pixels, float x, float y)
{
    long column = lroundf(fminf(fmaxf(x, 0.0f), (float)head->width - 1.0f));
    long row = lroundf(fminf(fmaxf(y, 0.0f), (float)head->height - 1.0f));
    const uint8_t *pixel = pixels + 3 * ((size_t)row * head->width + (size_t)column);
    return (float)(pixel[0] + pixel[1] + pixel[2]) / 3.0f;
}

/* The face as 16 x 16 greys of mean 0 and length 1; 0 when there is nothing in it. */
static int template_of(const struct picture *head, const uint8_t *pixels, float *out)
{
    float mean = 0.0f, length = 0.0f;
    for (int i = 0; i < CELLS; i++) {
        float across = ((float)(i % SIDE) + 0.5f) / SIDE, down = ((float)(i / SIDE) + 0.5f) / SIDE;
        out[i] = grey(head, pixels, head->box[0] + across * head->box[2], head->box[1] + down * head->box[3]);
        mean += out[i] / CELLS;
    }
    for (int i = 0; i < CELLS; i++) {
        out[i] -= mean;
        length += out[i] * out[i];
    }
    if (!(length > 1.0f))
        return 0;
    for (int i = 0; i < CELLS; i++)
        out[i] /= sqrtf(length);
    return 1;
}

/* -1 to 1. */
static float likeness(const float *one, const float *other)
{
    float sum = 0.0f;
    for (int i = 0; i < CELLS; i++)
        sum += one[i] * other[i];
    return fminf(fmaxf(sum, -1.0f), 1.0f);
}

/* 0, an artefact, to 1, a living person. */
static float liveness_of(const struct picture *head, const uint8_t *pixels)
{
    return grey(head, pixels, head->points[4], head->points[5]) / 255.0f; /* the nose's brightness: a toy */
}

static void answer(uint32_t number, uint8_t status, const void *body, uint32_t size)
{
    uint32_t head[2] = {size + 5, number};
    fwrite(head, 4, 2, stdout);
    fwrite(&status, 1, 1, stdout);
    fwrite(body, 1, size, stdout);
    fflush(stdout);
}

static void greet(uint32_t number)
{
    uint8_t body[8 + sizeof VERSION - 1];
    uint32_t head[2] = {PROTOCOL, TEMPLATE_BYTES};
    memcpy(body, head, 8);
    memcpy(body + 8, VERSION, sizeof VERSION - 1);
    answer(number, DONE, body, sizeof body);
}

static void look(uint32_t number, uint8_t kind, const uint8_t *body, uint32_t size)
{
    struct picture head;
    float out[CELLS];
    if (size < sizeof head)
        exit(2);
    memcpy(&head, body, sizeof head);
    if (!head.width || !head.height || (uint64_t)head.width * head.height * 3 != size - sizeof head)
        exit(2);
    if (kind == LIVENESS) {
        out[0] = liveness_of(&head, body + sizeof head);
        answer(number, DONE, out, 4);
    } else if (template_of(&head, body + sizeof head, out)) {
        answer(number, DONE, out, TEMPLATE_BYTES);
    } else {
        answer(number, REFUSED, "", 0);
    }
}

static void compare(uint32_t number, const uint8_t *body, uint32_t size)
{
    uint32_t counts[2];
    if (size < 8)
        exit(2);
    memcpy(counts, body, 8);
    if (((uint64_t)counts[0] + counts[1]) * TEMPLATE_BYTES != size - 8)
        exit(2);
    const float *ones = (const float *)(const void *)(body + 8), *others = ones + (size_t)counts[0] * CELLS;
    float *scores = malloc((size_t)counts[0] * counts[1] * 4 + 1);
    if (!scores)
        exit(3);
    for (size_t i = 0; i < counts[0]; i++)
        for (size_t j = 0; j < counts[1]; j++)
            scores[i * counts[1] + j] = likeness(ones + i * CELLS, others + j * CELLS);
    answer(number, DONE, scores, counts[0] * counts[1] * 4);
    free(scores);
}

int main(void)
{
    uint32_t head[2]; /* bytes that follow the length, number of the question */
    uint8_t kind;
    while (fread(head, 4, 2, stdin) == 2 && fread(&kind, 1, 1, stdin) == 1) {
        if (head[0] < 5 || head[0] > MOST)
            return 2;
        uint32_t size = head[0] - 5;
        uint8_t *body = malloc(size + 1);
        if (!body || fread(body, 1, size, stdin) != size)
            return 3;
        if (kind == HELLO)
            greet(head[1]);
        else if (kind == TEMPLATE || kind == LIVENESS)
            look(head[1], kind, body, size);
        else if (kind == COMPARE)
            compare(head[1], body, size);
        else
            answer(head[1], UNSUPPORTED, "", 0);
        memset(body, 0, size); /* it held a face */
        free(body);
    }
    return 0;
}
