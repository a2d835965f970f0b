namespace Hutch.Simulator;

/// <summary>The error function, which the framework lacks.</summary>
internal static class Gauss
{
    /// <summary>erf(x) to 1.2e-7: Abramowitz and Stegun's successor in Numerical Recipes, 6.2.2 (a Chebyshev fit to erfc).</summary>
    public static double Erf(double x)
    {
        double t = 1 / (1 + (0.5 * Math.Abs(x)));
        double tail = t * Math.Exp(
            (-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277))))))))))))))))));
        return x >= 0 ? 1 - tail : tail - 1;
    }
}
