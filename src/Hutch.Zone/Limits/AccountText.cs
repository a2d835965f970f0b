using System.Text.RegularExpressions;
using Hutch.Model;

namespace Hutch.Zone.Limits;

/// <summary>Checks of texts and times that people give.</summary>
internal static partial class AccountText
{
    private const int MaxEmailCharacters = 254;

    private static readonly string[] Reserved = ["anonymous", "hutch", "public"];

    /// <summary>A new user's or group's name.</summary>
    public static Result<string> NewName(string text) =>
        AccountName.Parse(text).Then<string>(name => Reserved.Contains(name.Value)
            ? ErrorCode.InvalidName.With($"The name '{name}' is reserved. Choose another one.")
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
            return ErrorCode.BadRequest.With(
                $"The {what} has {trimmed.Length} characters; the limit is {AccountLimits.MaxTextCharacters}.");
        }

        return trimmed.Any(char.IsControl) ? ErrorCode.BadRequest.With($"The {what} contains a control character.") : trimmed;
    }

    /// <summary>
    /// An address for mail: trimmed, null when empty. Only plain ASCII without any character that has a meaning in a mail's head: what
    /// passes here can name nobody else and begin no other line.
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

    /// <summary>The end of a life that begins now.</summary>
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
