namespace Hutch.Model;

/// <summary>
/// The names that keep workers and runs apart: a worker takes runs of its own namespace alone, so that a trial stays off the workers of
/// everybody.
/// </summary>
public static class WorkNamespace
{
    public const int MaxLength = 40;

    /// <summary>The namespace of runs that name none, and of the worker inside the server.</summary>
    public const string Default = "default";

    public static Result<string> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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
