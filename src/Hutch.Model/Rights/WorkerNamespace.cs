namespace Hutch.Model;

/// <summary>
/// Names that separate workers and runs. A worker takes only runs of its own namespace, so that trials do not use shared workers.
/// </summary>
public static class WorkerNamespace
{
    public const int MaxLength = 40;

    /// <summary>The namespace of runs without one, and of the worker inside the server.</summary>
    public const string Default = "default";

    public static Result<string> Parse(string text)
    {
        bool isGood = text.Length is > 0 and <= MaxLength
            && char.IsAsciiLetterLower(text[0])
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        return isGood
            ? text
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a namespace: use at most {MaxLength} lower-case letters, digits and hyphens, "
                + "the first a letter.");
    }
}
