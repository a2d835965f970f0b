namespace Hutch.Simulator;

internal sealed class Matrix3
{
    private readonly double[] _m;

    private Matrix3(double[] m) => _m = m;

    /// <summary>A rotation like any other: from a random unit quaternion.</summary>
    public static Matrix3 RandomRotation(SimulationRandom random)
    {
        double w = random.NextNormal(), x = random.NextNormal(), y = random.NextNormal(), z = random.NextNormal();
        double norm = Math.Sqrt((w * w) + (x * x) + (y * y) + (z * z));
        (w, x, y, z) = (w / norm, x / norm, y / norm, z / norm);
        return new Matrix3(
        [
            1 - (2 * ((y * y) + (z * z))), 2 * ((x * y) - (w * z)), 2 * ((x * z) + (w * y)),
            2 * ((x * y) + (w * z)), 1 - (2 * ((x * x) + (z * z))), 2 * ((y * z) - (w * x)),
            2 * ((x * z) - (w * y)), 2 * ((y * z) + (w * x)), 1 - (2 * ((x * x) + (y * y))),
        ]);
    }

    public (double X, double Y, double Z) Times(double x, double y, double z) =>
        ((_m[0] * x) + (_m[1] * y) + (_m[2] * z), (_m[3] * x) + (_m[4] * y) + (_m[5] * z), (_m[6] * x) + (_m[7] * y) + (_m[8] * z));

    /// <summary>The turned axes, each scaled, one after the other.</summary>
    public double[] ScaledColumns(double a, double b, double c) =>
        [_m[0] * a, _m[3] * a, _m[6] * a, _m[1] * b, _m[4] * b, _m[7] * b, _m[2] * c, _m[5] * c, _m[8] * c];
}
