using System.Text.RegularExpressions;

namespace Hutch.Zone.Limits;

internal static partial class AccountText
{
    private const int MaxEmailCharacters = 254;

    private static readonly string[] Reserved = ["anonymous", "hutch", "public"];

    public static Result<string> NewName(string text) =>
        AccountName.Parse(text).Then<string>(name => Reserved.Contains(name.Value)
            ? ErrorCode.InvalidName.With($"The name '{name}' is reserved. Choose another one.")
            : name.Value);

    /// <summary>Returns a line for display: trimmed, null when empty, without control characters.</summary>
    public static Result<string?> Line(string? text, string what)
    {
        string? trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed))
        {
            return (string?)null;
        }

        if (trimmed.Length > AccountLimits.MaxTextCharacters)
        {
            return ErrorCode.BadRequest.With(
                $"The {what} has {trimmed.Length} characters; the limit is {AccountLimits.MaxTextCharacters}.");
        }

        return trimmed.Any(char.IsControl) ? ErrorCode.BadRequest.With($"The {what} contains a control character.") : trimmed;
    }

    /// <summary>
    /// Returns a mail address: trimmed, null when empty. It is limited to plain ASCII without characters that have a meaning in a mail
    /// header, so that it can add neither another recipient nor another line.
    /// </summary>
    public static Result<string?> Email(string? text)
    {
        string? trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed))
        {
            return (string?)null;
        }

        return trimmed.Length <= MaxEmailCharacters && EmailPattern().IsMatch(trimmed)
            ? trimmed
            : ErrorCode.BadRequest.With($"{Display.Quote(trimmed)} is not an email address, such as ada@example.org.");
    }

    public static Result<DateTimeOffset> End(TimeSpan life, DateTimeOffset now) =>
        life <= TimeSpan.Zero || life > TimeSpan.FromDays(AccountLimits.MaxLifeDays)
            ? ErrorCode.BadRequest.With(
                $"The lifetime is {life.TotalSeconds:0} seconds; it must be more than 0 and at most {AccountLimits.MaxLifeDays} days.")
            : now + life;

    [GeneratedRegex(
        @"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        + @"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex EmailPattern();
}
