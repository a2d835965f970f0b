using System.Globalization;
using System.Text;

namespace Hutch.Agent.Publishing;

/// <summary>The letter to the people who measured, in words.</summary>
internal static class FolderLetter
{
    /// <summary>Writes it.</summary>
    /// <param name="title">The title of the dataset.</param>
    /// <param name="page">The page of the dataset.</param>
    /// <param name="invite">Where the invite is accepted.</param>
    /// <param name="uses">How many can accept it.</param>
    /// <param name="ends">Until when.</param>
    public static string Of(string title, string page, string invite, int uses, DateTimeOffset ends) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"Your data '{title}' are at\n\n  {page}\n\n")
        .Append("and appear there while they are measured. To see them under your own name, accept this invite:\n\n")
        .Append(CultureInfo.InvariantCulture, $"  {invite}\n\n")
        .Append(CultureInfo.InvariantCulture, $"It works until {ends.UtcDateTime:yyyy-MM-dd}, ")
        .Append(CultureInfo.InvariantCulture, $"for {uses} {(uses == 1 ? "person" : "people")}. ")
        .Append("Pass it on only to people who may see the data.\n")
        .ToString();
}
