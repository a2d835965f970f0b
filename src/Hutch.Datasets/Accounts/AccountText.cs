using Hutch.Model;

namespace Hutch.Datasets.Accounts;

/// <summary>Checks of texts and times that people give.</summary>
internal static class AccountText
{
    private static readonly string[] Reserved = ["anonymous", "hutch", "public"];

    /// <summary>A new user's or group's name.</summary>
    public static Result<string> NewName(string text) =>
        AccountName.Parse(text).Then<string>(name => Reserved.Contains(name.Value)
            ? ErrorCode.InvalidName.With($"The name '{name}' is reserved; choose another one.")
            : name.Value);

    /// <summary>A line for people: trimmed, null when empty, without control characters.</summary>
    public static Result<string?> Line(string? text, string what)
    {
        string? trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed))
        {
            return (string?)null;
        }

        if (trimmed.Length > AccountLimits.MaxTextCharacters)
        {
            return ErrorCode.BadRequest.With($"The {what} has {trimmed.Length} characters; at most {AccountLimits.MaxTextCharacters} are allowed.");
        }

        return trimmed.Any(char.IsControl) ? ErrorCode.BadRequest.With($"The {what} contains a control character.") : trimmed;
    }

    /// <summary>The end of a life that begins now.</summary>
    public static Result<DateTimeOffset> End(TimeSpan life, DateTimeOffset now) =>
        life <= TimeSpan.Zero || life > TimeSpan.FromDays(AccountLimits.MaxLifeDays)
            ? ErrorCode.BadRequest.With($"A life of {life.TotalSeconds:0} seconds is not possible: more than 0 and at most {AccountLimits.MaxLifeDays} days are.")
            : now + life;
}
