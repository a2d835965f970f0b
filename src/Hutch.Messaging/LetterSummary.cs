namespace Hutch.Messaging;

/// <summary>A dead letter as people see it: bounded, and without secrets.</summary>
/// <param name="Queue">The queue that gave it up, if it says so.</param>
/// <param name="Bytes">The size of the whole text.</param>
/// <param name="Text">The beginning of its text.</param>
public sealed partial record LetterSummary(
    string? Queue, string? Reason, int? Attempts, IReadOnlyDictionary<string, string> Headers, long Bytes, string Text)
{
    private const int MaxHeaders = 50;
    private const int MaxHeaderCharacters = 500;
    private const int MaxTextCharacters = 2000;

    /// <summary>Secrets are searched in so much of the text: more than is shown, so that a cut hides no mark of one.</summary>
    private const int SearchedBytes = 16 << 10;

    private const string Hidden = "(hidden)";

    private const string Words = "password|passwd|secret|token|authorization|cookie|credential|signature|api.?key";

    internal static LetterSummary From(BusMessage message)
    {
        IReadOnlyDictionary<string, string> headers = message.Headers;
        return new LetterSummary(
            headers.GetValueOrDefault(DeadLetter.QueueHeader),
            headers.GetValueOrDefault(DeadLetter.ReasonHeader) is { } reason ? Shown(reason) : null,
            int.TryParse(headers.GetValueOrDefault(DeadLetter.AttemptsHeader), CultureInfo.InvariantCulture, out int attempts)
                ? attempts
                : null,
            headers.Where(header => !DeadLetter.IsOfFailure(header.Key))
                .OrderBy(header => header.Key, StringComparer.Ordinal)
                .Take(MaxHeaders)
                .ToDictionary(
                    header => Display.Plain(header.Key, MaxHeaderCharacters),
                    header => SecretName().IsMatch(header.Key) ? Hidden : Shown(header.Value), StringComparer.Ordinal),
            message.Body.Length,
            Beginning(message.Body.Span));
    }

    private static string Shown(string text) => Display.Plain(WithoutSecrets(text), MaxHeaderCharacters);

    private static string Beginning(ReadOnlySpan<byte> body)
    {
        string text = WithoutSecrets(Encoding.UTF8.GetString(body[..Math.Min(body.Length, SearchedBytes)]));
        return text.Length <= MaxTextCharacters && body.Length <= SearchedBytes
            ? text
            : string.Concat(text.AsSpan(0, Math.Min(text.Length, MaxTextCharacters)), "…");
    }

    private static string WithoutSecrets(string text) =>
        UserOfAddress().Replace(SecretOfQuery().Replace(SecretMember().Replace(text, "$1" + Hidden), "$1" + Hidden), "$1" + Hidden + "@");

    [GeneratedRegex(Words, RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    // A member of JSON, also inside a text of JSON, where quotation marks are escaped.
    [GeneratedRegex(
        """("[^"\\]{0,80}(?:"""
        + Words
        + """)[^"\\]{0,80}\\*"\s{0,9}:\s{0,9}\\*")(?:[^"\\]|\\.)*""",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretMember();

    [GeneratedRegex("""([?&](?:password|secret|token|signature|access_token|x-amz-[a-z-]{1,40})=)[^&\s"'\\]+""", RegexOptions.IgnoreCase)]
    private static partial Regex SecretOfQuery();

    [GeneratedRegex("""(\b[a-z][a-z0-9+.-]{1,20}://)[^/\s"'@\\]{1,500}@""", RegexOptions.IgnoreCase)]
    private static partial Regex UserOfAddress();
}
