namespace Hutch.Publishing.Works;

public static class AuthorName
{
    /// <summary><c>Lovelace, Ada</c>, or the name of an organisation.</summary>
    public static string Inverted(PublicationAuthor author)
    {
        return author.Given is { } given ? $"{author.Name}, {given}" : author.Name ?? "";
    }

    /// <summary><c>Ada Lovelace</c>.</summary>
    public static string Straight(PublicationAuthor author)
    {
        return author.Given is { } given ? $"{given} {author.Name}" : author.Name ?? "";
    }

    /// <summary><c>Lovelace, A.</c></summary>
    public static string WithInitials(PublicationAuthor author)
    {
        if (author.Given is null)
        {
            return author.Name ?? "";
        }

        var initials = new StringBuilder(author.Name).Append(',');
        foreach (string part in author.Given.Split([' ', '.'], StringSplitOptions.RemoveEmptyEntries))
        {
            // A name of two parts with a hyphen has two initials, and a letter may be more than one character.
            initials.Append(' ').AppendJoin('-', part.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(
                static name => StringInfo.GetNextTextElement(name) + "."));
        }

        return initials.ToString();
    }
}
