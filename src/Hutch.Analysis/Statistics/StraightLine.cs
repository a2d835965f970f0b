namespace Hutch.Analysis.Statistics;

/// <summary>A straight line, fitted by least squares.</summary>
internal readonly record struct StraightLine(double Slope, double Intercept)
{
    /// <summary>The line through points; flat through 0 when they do not determine one.</summary>
    public static StraightLine Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double n = x.Length, sumX = 0, sumY = 0, sumXX = 0, sumXY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sumX += x[i];
            sumY += y[i];
            sumXX += x[i] * x[i];
            sumXY += x[i] * y[i];
        }

        double determinant = (n * sumXX) - (sumX * sumX);
        return determinant == 0
            ? default
            : new StraightLine(((n * sumXY) - (sumX * sumY)) / determinant, ((sumXX * sumY) - (sumX * sumXY)) / determinant);
    }
}
