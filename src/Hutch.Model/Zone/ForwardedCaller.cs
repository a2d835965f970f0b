using System.Diagnostics.CodeAnalysis;

namespace Hutch.Model.Zone;

/// <summary>The caller of a request that a site forwards to the home of a dataset.</summary>
/// <param name="ExpiresAt">The end; null for never.</param>
public sealed record ForwardedCaller(PrincipalId UserId, string Credential, TokenScope Scope, DateTimeOffset? ExpiresAt)
{
    private const string Never = "-";

    public static bool TryParse(string? text, [NotNullWhen(true)] out ForwardedCaller? caller)
    {
        caller = text?.Split(' ', 4) is [var user, var credential, var end, var scope]
            && PrincipalId.TryParse(user, out PrincipalId id) && TokenText.IsId(credential) && TryParseEnd(end, out DateTimeOffset? at)
            && TokenScope.Parse(scope) is { IsOk: true, Value: var reach }
            ? new ForwardedCaller(id, credential, reach, at)
            : null;
        return caller is not null;
    }

    /// <summary>The text: account, credential, the end in milliseconds since 1970 or <c>-</c>, and the scope.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{UserId} {Credential} {ExpiresAt?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? Never} {Scope}");

    private static bool TryParseEnd(string text, out DateTimeOffset? end)
    {
        bool isTime = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            && at <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        end = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
        return isTime || text == Never;
    }
}
