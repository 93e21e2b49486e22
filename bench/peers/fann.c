/* FANN 2.2, the C library, in its single-precision build. It has neither Adam nor momentum in batches, softmax, cross-entropy,
 * dropout, ReLU nor threads: W3 and W4 run with its symmetric sigmoid (tanh) and plain gradient descent on squared errors.
 *   batch        fann_train_epoch (FANN_TRAIN_BATCH) over views of `batch` rows
 *   incremental  fann_train, row by row: FANN's own usual way, one update per row
 * cc -O3 -march=native fann.c -lfloatfann -lm; it talks as bench/README.md says. */
#include <floatfann.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <math.h>

static struct { int dims[32], layers, batch, rows, bce; float lr; } w;
static struct fann *net;
static struct fann_train_data *data;
static uint64_t seed = 7;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static uint64_t next(void) { /* splitmix64 */
    uint64_t x = seed += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static float normal(void) { /* nearly: twelve uniforms */
    float s = 0;
    for (int i = 0; i < 12; i++) s += (float)(next() >> 40) / (1 << 23) - 1;
    return s / 2;
}

static void load(char *text) {
    w.layers = 0;
    for (char *part = strtok(text, " \n"); part; part = strtok(NULL, " \n")) {
        char *value = strchr(part, '=');
        if (!value) continue;
        *value++ = 0;
        if (!strcmp(part, "dims"))
            for (char *d = value; d && w.layers < 32; d = strchr(d, ',') ? strchr(d, ',') + 1 : NULL) w.dims[w.layers++] = atoi(d);
        if (!strcmp(part, "batch")) w.batch = atoi(value);
        if (!strcmp(part, "rows")) w.rows = atoi(value);
        if (!strcmp(part, "lr")) w.lr = atof(value);
        if (!strcmp(part, "loss")) w.bce = !strcmp(value, "bce");
    }
    int n = w.dims[0];
    data = fann_create_train(w.rows, n, w.dims[w.layers - 1]);
    float *teacher = malloc(n * sizeof(float));
    for (int i = 0; i < n; i++) teacher[i] = normal() / sqrtf(n);
    for (int r = 0; r < w.rows; r++) {
        float z = 0;
        for (int i = 0; i < n; i++) z += teacher[i] * (data->input[r][i] = normal());
        data->output[r][0] = w.bce ? z + data->input[r][0] * data->input[r][1] > 0 : tanhf(z);
    }
    free(teacher);
}

static void make(int batch) {
    net = fann_create_standard_array(w.layers, (unsigned *)w.dims);
    fann_set_activation_function_hidden(net, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(net, w.bce ? FANN_SIGMOID : FANN_LINEAR);
    fann_set_activation_steepness_hidden(net, 1);
    fann_set_training_algorithm(net, batch ? FANN_TRAIN_BATCH : FANN_TRAIN_INCREMENTAL);
    fann_set_learning_rate(net, w.lr);
}

static void epoch(int batch) {
    for (int i = w.rows - 1; i > 0; i--) { /* pointers, not rows */
        int j = next() % (i + 1);
        fann_type *x = data->input[i], *y = data->output[i];
        data->input[i] = data->input[j], data->output[i] = data->output[j];
        data->input[j] = x, data->output[j] = y;
    }
    if (!batch)
        for (int r = 0; r < w.rows; r++) fann_train(net, data->input[r], data->output[r]);
    for (int r = 0; batch && r + w.batch <= w.rows; r += w.batch) {
        struct fann_train_data view = *data;
        view.num_data = w.batch, view.input += r, view.output += r;
        fann_train_epoch(net, &view);
    }
}

static void time_epochs(int batch, double warm, double least, int count) {
    double start = now(), total = 0;
    while (now() - start < warm) epoch(batch);
    printf("{\"seconds\":[");
    for (int i = 0; i < count || total < least; i++) {
        double t = now();
        epoch(batch);
        total += t = now() - t;
        printf("%s%.9f", i ? "," : "", t);
    }
    printf("]}\n");
}

static double memory(const char *key) {
    char line[256];
    double mb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, key, strlen(key))) mb = atof(line + strlen(key) + 1) / 1024;
    if (f) fclose(f);
    return mb;
}

int main(void) {
    char line[1024], variant[32];
    double warm, least, base = memory("VmRSS");
    int count;
    printf("{\"framework\":\"fann\",\"version\":\"2.2 float\"}\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "load ", 5)) {
            load(line + 5);
            printf("{\"ok\":true}\n");
        } else if (sscanf(line, "make %31s", variant) == 1) {
            double t = now();
            make(!strcmp(variant, "batch"));
            epoch(!strcmp(variant, "batch"));
            printf("{\"seconds\":%.9f}\n", now() - t);
        } else if (sscanf(line, "time %31s %lf %lf %d", variant, &warm, &least, &count) == 4) {
            time_epochs(!strcmp(variant, "batch"), warm, least, count);
        } else if (!strncmp(line, "loss", 4)) {
            printf("{\"loss\":%.6f}\n", fann_test_data(net, data)); /* its mean squared error */
        } else if (!strncmp(line, "memory", 6)) {
            printf("{\"base_mb\":%.1f,\"peak_mb\":%.1f}\n", base, memory("VmHWM"));
        } else {
            printf("{\"error\":\"unknown command\"}\n");
        }
        fflush(stdout);
    }
}
