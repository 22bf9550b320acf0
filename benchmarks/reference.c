/* W4's training step by hand: a 2-16-16-1 ReLU network, the mean of relu(1 - y*score) and 1e-4 times the sum of the squared
   parameters, gradient descent. Parameters as nn orders them: of each neuron its weights, then its bias. */
#define H 16

static double rectified(double z) { return z > 0 ? z : 0; }

double step(double *parameters, const double *x, const double *y, long samples, double rate) {
    double *w1 = parameters, *w2 = w1 + 3 * H, *w3 = w2 + (H + 1) * H;
    const long count = 3 * H + (H + 1) * H + H + 1;
    double in[2][H], b1[H], mid[H][H], b2[H];          /* mid[k][j] is the weight of unit k in unit j */
    double din[2][H] = {{0}}, db1[H] = {0}, dmid[H][H] = {{0}}, db2[H] = {0}, dout[H] = {0}, db3 = 0, loss = 0;
    for (int j = 0; j < H; j++) {
        in[0][j] = w1[3 * j], in[1][j] = w1[3 * j + 1], b1[j] = w1[3 * j + 2], b2[j] = w2[(H + 1) * j + H];
        for (int k = 0; k < H; k++) mid[k][j] = w2[(H + 1) * j + k];
    }
    for (long i = 0; i < samples; i++) {
        const double p = x[2 * i], q = x[2 * i + 1];
        double a1[H], z2[H], a2[H], d1[H], d2[H], score = w3[H];
        for (int j = 0; j < H; j++) a1[j] = rectified(in[0][j] * p + in[1][j] * q + b1[j]);
        for (int j = 0; j < H; j++) z2[j] = b2[j];
        for (int k = 0; k < H; k++)
            for (int j = 0; j < H; j++) z2[j] += mid[k][j] * a1[k];
        for (int j = 0; j < H; j++) a2[j] = rectified(z2[j]);
        for (int j = 0; j < H; j++) score += w3[j] * a2[j];
        const double margin = 1 - y[i] * score;
        if (!(margin > 0)) continue;
        loss += margin;
        for (int j = 0; j < H; j++) {
            dout[j] -= y[i] * a2[j];
            d2[j] = z2[j] > 0 ? -y[i] * w3[j] : 0;
            db2[j] += d2[j];
        }
        db3 -= y[i];
        for (int k = 0; k < H; k++) {
            double back = 0;
            for (int j = 0; j < H; j++) back += mid[k][j] * d2[j];
            d1[k] = a1[k] > 0 ? back : 0;
        }
        for (int k = 0; k < H; k++)
            for (int j = 0; j < H; j++) dmid[k][j] += d2[j] * a1[k];
        for (int j = 0; j < H; j++) din[0][j] += d1[j] * p, din[1][j] += d1[j] * q, db1[j] += d1[j];
    }
    double gradient[3 * H + (H + 1) * H + H + 1], squares = 0;
    double *g1 = gradient, *g2 = g1 + 3 * H, *g3 = g2 + (H + 1) * H;
    for (int j = 0; j < H; j++) {
        g1[3 * j] = din[0][j], g1[3 * j + 1] = din[1][j], g1[3 * j + 2] = db1[j];
        for (int k = 0; k < H; k++) g2[(H + 1) * j + k] = dmid[k][j];
        g2[(H + 1) * j + H] = db2[j], g3[j] = dout[j];
    }
    g3[H] = db3;
    for (long i = 0; i < count; i++) {
        squares += parameters[i] * parameters[i];
        parameters[i] -= rate * (gradient[i] / samples + 2e-4 * parameters[i]);
    }
    return loss / samples + 1e-4 * squares;
}
