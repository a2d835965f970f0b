namespace Hutch.Model;

/// <summary>
/// The rules for passwords, and their form before they are hashed: NFC, so that different keyboards give the same password.
/// </summary>
public static class PasswordText
{
    /// <summary>The most characters. A longer password is refused, never truncated.</summary>
    public const int MaxCharacters = 256;

    private const int MinDifferentCharacters = 5;

    /// <summary>A password in the form that is hashed and compared; null if no password can have this text.</summary>
    public static string? Normalize(string text)
    {
        return text.Length is 0 or > MaxCharacters || !IsWellFormed(text) ? null : Nfc.Normalize(text);
    }

    /// <summary>Checks a new password; the error says what is wrong, but never repeats the password.</summary>
    /// <param name="user">The login name, which is not allowed as the password.</param>
    public static Result<string> Check(string text, string user, int minCharacters)
    {
        if (text.Length > MaxCharacters)
        {
            return ErrorCode.Unprocessable.With($"The password is longer than {MaxCharacters} characters.");
        }

        if (Normalize(text) is not { } password || password.Any(char.IsControl))
        {
            return ErrorCode.Unprocessable.With("The password is empty or has characters that cannot be typed.");
        }

        if (password.Length < minCharacters)
        {
            return ErrorCode.Unprocessable.With(
                $"The password is too short: use at least {minCharacters} characters. A few words in a row are easy to remember.");
        }

        bool dull = password.Distinct().Count() < MinDifferentCharacters
            || password.Replace(user, "", StringComparison.OrdinalIgnoreCase).Length < minCharacters / 2;
        return dull
            ? ErrorCode.Unprocessable.With("The password is too easy to guess: it repeats itself, or is close to the username.")
            : password;
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
