using System.Text.RegularExpressions;

namespace Hutch.Architecture.Tests.Reading;

/// <summary>One declaration of a type or a member, as far as its head: modifiers, type and name, on one line.</summary>
/// <param name="Position">Where it begins in the text of its file.</param>
/// <param name="Head">Without attributes: to the body, the value, or the semicolon.</param>
/// <param name="Owner">The keyword of the type around it: class, struct or interface; empty at the top.</param>
/// <param name="End">What follows the head: a brace, a semicolon, <c>=</c>, or <c>&gt;</c> for <c>=&gt;</c>.</param>
internal sealed partial record Declaration(int Position, string Head, string Owner, char End)
{
    public bool IsType => TypePattern().IsMatch(Head);

    public bool IsField => !IsType && Owner is "class" or "struct" && End is ';' or '=' && !Head.Contains('(', StringComparison.Ordinal)
        && !Head.Contains(" event ", StringComparison.Ordinal) && !Head.Contains("this[", StringComparison.Ordinal);

    public bool Has(string modifier) => Head.Split(' ').Contains(modifier);

    /// <summary>The declarations of a file, by the braces and semicolons of its code; those in the bodies of members aside.</summary>
    public static IEnumerable<Declaration> Read(SourceFile file)
    {
        string code = DirectivePattern().Replace(file.Code, static line => new string(' ', line.Length));
        var owners = new Stack<string>([""]);
        int start = 0, parentheses = 0;
        for (int at = 0; at < code.Length; at++)
        {
            char c = code[at];
            parentheses += c switch { '(' or '[' => 1, ')' or ']' => -1, _ => 0 };
            bool isExpression = c == '=' && code.AsSpan(at + 1).StartsWith(">");
            bool isValue = isExpression || (c == '=' && !code.AsSpan(start, at - start).Contains(" operator ", StringComparison.Ordinal));
            if (parentheses > 0 || !(c is '{' or '}' or ';' || isValue))
            {
                continue;
            }

            Declaration? declared = Make(code, start, at, owners.Peek(), isExpression ? '>' : c);
            if (declared is not null)
            {
                yield return declared;
            }

            bool hasMembers = c == '{' && declared is { IsType: true } && !declared.Head.Contains("enum ", StringComparison.Ordinal);
            if (hasMembers)
            {
                owners.Push(KeywordOf(declared!.Head));
            }
            else if (c == '}' && owners.Count > 1)
            {
                owners.Pop();
            }

            at = isValue ? EndOfValue(code, at) : c == '{' && !hasMembers ? EndOfBraces(code, at) : at;
            start = at + 1;
        }
    }

    private static Declaration? Make(string code, int start, int end, string owner, char terminator)
    {
        Match head = HeadPattern().Match(code, start, end - start);
        string words = Spaces().Replace(head.Groups["head"].Value, " ").Trim();
        return words.Length > 0 && (owner.Length > 0 || TypePattern().IsMatch(words))
            ? new Declaration(head.Groups["head"].Index, words, owner, terminator)
            : null;
    }

    private static int EndOfBraces(string code, int at)
    {
        int depth = 0;
        do
        {
            depth += code[at] switch { '{' => 1, '}' => -1, _ => 0 };
        }
        while (depth > 0 && ++at < code.Length);
        return at;
    }

    private static int EndOfValue(string code, int at)
    {
        int depth = 0;
        while (at < code.Length && (depth > 0 || code[at] != ';'))
        {
            depth += code[at] switch { '{' or '(' or '[' => 1, '}' or ')' or ']' => -1, _ => 0 };
            at++;
        }

        return at;
    }

    private static string KeywordOf(string head) => TypePattern().Match(head).Groups["kind"].Value switch
    {
        "record" => "class",
        string kind => kind,
    };

    [GeneratedRegex(@"^[ \t]*#.*$", RegexOptions.Multiline)]
    private static partial Regex DirectivePattern();

    /// <summary>Attributes, which have brackets of at most two levels, and what follows them.</summary>
    [GeneratedRegex(@"\G\s*(?:\[(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*\]\s*)*(?<head>[A-Za-z_~@(][^\0]*)?")]
    private static partial Regex HeadPattern();

    [GeneratedRegex(@"^(?:(?:public|private|protected|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe|new) )*(?<kind>class|struct|interface|enum|record|delegate)\b(?! =)")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
