using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests;

/// <summary>A third condition in one expression becomes a guard clause, a switch or a method with a name.</summary>
public sealed class ConditionalTests
{
    private const int MaxConditions = 2;

    [Fact]
    public void No_expression_chains_more_than_two_conditions()
    {
        Violations violations = new($"An expression chains at most {MaxConditions} conditions with '?' and ':'");
        foreach (SourceFile file in Repository.Sources("src"))
        {
            violations.AddRange(ConditionalChains.From(file.Text, file.Code)
                .Where(static chain => chain.Conditions > MaxConditions)
                .Select(chain => ($"{file.Path}:{file.LineAt(chain.Start)}", $"{chain.Conditions} conditions")));
        }

        violations.AssertNone();
    }

    [Theory]
    [InlineData("x = a ? b : c;", 1)]
    [InlineData("x = a\n    ? b\n    : c ? d : e;", 2)]
    [InlineData("x = a ? b ? c : d : e ? f : g;", 3)]
    [InlineData("x = a ? (b ? c : d) : (e ? f : g);", 3)]
    [InlineData("x = F(a ? b : c, d ? e : f) ? g : h;", 1)]
    [InlineData("x = (a ? b : c) ? d : e;", 1)]
    [InlineData("x = a ? (b, c ? d : e) : f;", 1)]
    [InlineData("x = a ? $\"{(b ? c : d)}\" : e;", 1)]
    [InlineData("x = a ? b : (c ? d : e) is { } f ? g : h;", 2)]
    [InlineData("x = a switch { 1 => b ? c : d, _ => e ? f : g };", 1)]
    [InlineData("x = a?.B ?? c; int? y = d?[0];", 0)]
    public void The_conditions_of_an_expression_are_counted(string text, int most) =>
        Assert.Equal(most, ConditionalChains.From(text, CSharpText.Split(text).Code).Select(static chain => chain.Conditions).Append(0).Max());
}

/// <summary>Finds conditional expressions by their spaces: a '?' of a nullable type or a null check touches a word.</summary>
internal static class ConditionalChains
{
    /// <summary>Where each chain starts, and how many conditions it has. Parentheses around a branch do not hide its conditions.</summary>
    /// <param name="text">The file as written.</param>
    /// <param name="code">The same without comments and the contents of strings.</param>
    public static IEnumerable<(int Start, int Conditions)> From(string text, string code)
    {
        var groups = new Stack<Group>([new Group(isBranch: false)]);
        for (int i = 0; i < code.Length; i++)
        {
            Group group = groups.Peek();
            switch (code[i])
            {
                case '(' or '[' or '{':
                    groups.Push(new Group(isBranch: code[i] == '(' && IsBranch(text.AsSpan(0, i).TrimEnd())));
                    break;
                case '?' when IsBetweenSpaces(code, i):
                    group.Start = group.Conditions == 0 ? i : group.Start;
                    group.Conditions++;
                    break;
                case ',' or ';':
                    if (group.Conditions > 0)
                    {
                        yield return (group.Start, group.Conditions);
                    }

                    groups.Pop();
                    groups.Push(new Group(isBranch: false));
                    break;
                case ')' or ']' or '}' when groups.Count > 1:
                    groups.Pop();
                    if (group.IsBranch && IsEnd(code.AsSpan(i + 1).TrimStart()))
                    {
                        groups.Peek().Conditions += group.Conditions;
                    }
                    else if (group.Conditions > 0)
                    {
                        yield return (group.Start, group.Conditions);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static bool IsBranch(ReadOnlySpan<char> before) => before is [.., ' ' or '\n', '?' or ':'];

    private static bool IsEnd(ReadOnlySpan<char> after) => after is [] or [':' or ';' or ',' or ')' or ']' or '}', ..];

    private static bool IsBetweenSpaces(string code, int at) =>
        at > 0 && at + 1 < code.Length && char.IsWhiteSpace(code[at - 1]) && char.IsWhiteSpace(code[at + 1]);

    /// <summary>What stands between two brackets, as far as the last comma.</summary>
    private sealed class Group(bool isBranch)
    {
        public bool IsBranch { get; } = isBranch;

        public int Start { get; set; }

        public int Conditions { get; set; }
    }
}
