namespace Hutch.Messaging.Callbacks;

/// <summary>
/// The addresses to which runs may send results by HTTP. A server must not be made to call addresses that only it can reach.
/// </summary>
public sealed class CallbackAddresses(CallbackOptions options)
{
    /// <summary>The longest address, characters.</summary>
    public const int MaxLength = 2000;

    // What a receiver may read as a way out of the path that is allowed.
    private static readonly string[] Ambiguous = ["%2e", "%2f", "%5c", "\\"];

    private readonly AllowedAddress[] _allowed = [.. options.Allow.Select(text => AllowedAddress.Parse(text).Value)];

    /// <summary>An address that is allowed; otherwise an error that says why it is not.</summary>
    public Result<Uri> Find(string text)
    {
        if (text.Length > MaxLength || !Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || !AllowedAddress.IsHttp(address))
        {
            return Refused(text, $"Write https://HOST/PATH, at most {MaxLength} characters, without a user or a password.");
        }

        if (address.Fragment.Length > 0
            || Ambiguous.Any(part => text.Split('?')[0].Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            return Refused(text, "It has '#', a backslash, or an escaped dot or slash in its path.");
        }

        return _allowed.Any(allowed => allowed.Includes(address))
            ? address
            : Refused(text, "The operator of the server names the addresses that may be called in 'callbacks.allow'.");
    }

    private static HutchError Refused(string text, string why) =>
        ErrorCode.Unprocessable.With($"Results cannot be sent to {Display.Quote(text)}: {why}");
}
