namespace Hutch.Cluster.Setup;

/// <summary>The maximum age of answers in the configuration: <c>fresh</c>, or <c>bounded:1s</c>.</summary>
internal static class MaxStaleness
{
    public const string Fresh = "fresh";

    private const string Bounded = "bounded:";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Parses it; zero stands for fresh.</summary>
    public static Result<TimeSpan> Parse(string text)
    {
        if (text == Fresh)
        {
            return TimeSpan.Zero;
        }

        string number = text.StartsWith(Bounded, StringComparison.Ordinal) ? text[Bounded.Length..] : "";
        (string unit, double seconds) = number.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 0.001) : ("s", 1);
        return number.EndsWith(unit, StringComparison.Ordinal)
            && int.TryParse(number[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && TimeSpan.FromSeconds(count * seconds) is var age && age > TimeSpan.Zero && age <= Longest
                ? age
                : ErrorCode.BadConfiguration.With(
                    $"'reads' is {Display.Quote(text)}: it must be '{Fresh}', or '{Bounded}' and a time up to 60 s, such as '{Bounded}1s' "
                    + $"or '{Bounded}500ms'");
    }
}
