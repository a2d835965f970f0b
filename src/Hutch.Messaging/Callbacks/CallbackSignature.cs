using System.Security.Cryptography;

namespace Hutch.Messaging.Callbacks;

/// <summary>Signs requests as Standard Webhooks does (standardwebhooks.com), so that receivers can use its libraries.</summary>
internal static class CallbackSignature
{
    private const string Prefix = "whsec_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;

    /// <summary>The key that a secret says; null when it says none.</summary>
    public static byte[]? ParseSecret(string secret)
    {
        string text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var key = new byte[MaxBytes + 3];
        return Convert.TryFromBase64String(text, key, out int length) && length is >= MinBytes and <= MaxBytes ? key[..length] : null;
    }

    /// <summary>Makes the value of <c>webhook-signature</c>.</summary>
    /// <param name="seconds">That of <c>webhook-timestamp</c>, seconds since 1970.</param>
    public static string Sign(byte[] key, string id, long seconds, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }
}
