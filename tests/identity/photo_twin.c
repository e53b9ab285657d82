/* A twin of the vendors' photo libraries for tests: the same ABIs, no codec. The block's ninth byte says what happens:
 * 0 a picture, 1 refused, 2 crash, 3 hang, 4 success without a picture, 5 prints, then a picture, 6 writes far past it,
 * 7 ends the process. Pixel (row r from the top, column c) is R = r, G = c, B = tenth byte of the block. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define W 102
#define H 126

static int misbehave(const unsigned char *in)
{
    volatile int *nowhere = 0;
    switch (in[8]) {
    case 1: return 0;
    case 2: *nowhere = 1; break;
    case 3: for (;;) pause();
    case 4: return 2;
    case 5: printf("decoding\n"); fflush(stdout); fprintf(stderr, "decoding\n"); break;
    case 7: exit(3);
    }
    return 1;
}

static void bmp(const unsigned char *in, unsigned char *out)
{
    static const unsigned char head[30] = {0x42, 0x4D, 0xCE, 0x97, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0, 0x28, 0, 0, 0,
                                           0x66, 0, 0, 0, 0x7E, 0, 0, 0, 1, 0, 0x18, 0};
    memset(out, 0, 38862);
    memcpy(out, head, sizeof head);
    for (int r = 0; r < H; r++)
        for (int c = 0; c < W; c++) {
            unsigned char *p = out + 54 + (H - 1 - r) * 308 + c * 3;
            p[0] = in[9]; p[1] = c; p[2] = r;
        }
    if (in[8] == 6) memset(out + 38862, 0x55, 40000);
}

int unpack(unsigned char *in, unsigned char *out, int code)
{
    int how = misbehave(in);
    if (code != 77) return -5;
    if (how != 1) return how == 2;
    for (int r = 0; r < H; r++)
        for (int c = 0; c < W; c++) {
            unsigned char *p = out + ((H - 1 - r) * W + c) * 3;
            p[0] = r; p[1] = c; p[2] = in[9];
        }
    return 1;
}

int Unpack(unsigned char *in, unsigned char *out, int length)
{
    int how = misbehave(in);
    if (how != 1 || length != 1024) return how == 2 ? 38862 : -1;
    bmp(in, out);
    return 38862;
}

int WltToBmp(unsigned char *in, unsigned char *out)
{
    int how = misbehave(in);
    if (how != 1) return how == 2;
    bmp(in, out);
    return 1;
}
