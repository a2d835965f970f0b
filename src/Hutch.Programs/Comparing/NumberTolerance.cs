namespace Hutch.Programs.Comparing;

/// <summary>The largest difference of two numbers that count as the same.</summary>
/// <param name="Relative">The difference as a fraction of the larger number.</param>
/// <param name="Absolute">The difference, if it is more than the relative one.</param>
internal readonly record struct NumberTolerance(double Relative, double Absolute)
{
    /// <summary>Returns true for numbers that count as the same. Numbers that are not finite must be equal.</summary>
    /// <param name="largest">The largest relative difference so far.</param>
    public bool Allows(double one, double other, ref double largest) =>
        one.Equals(other) || Allows(one, other, Math.Abs(one - other), ref largest);

    /// <param name="difference">The difference, which is more exact than that of the numbers.</param>
    public bool Allows(double one, double other, double difference, ref double largest)
    {
        double scale = Math.Max(Math.Abs(one), Math.Abs(other));
        if (!(difference <= Math.Max(Absolute, Relative * scale)))
        {
            return false;
        }

        largest = scale == 0 ? largest : Math.Max(largest, difference / scale);
        return true;
    }
}
