namespace Hutch.Dav;

/// <summary>
/// The header <c>If</c> (RFC 4918 section 10.4): lists of conditions, one of which must hold, and the lock tokens it submits.
/// </summary>
internal sealed class DavIf
{
    private const int MaxConditions = 100;

    private static readonly DavIf Absent = new([], new HashSet<string>());

    private readonly IReadOnlyList<DavIfList> _lists;

    private DavIf(IReadOnlyList<DavIfList> lists, IReadOnlySet<string> tokens) => (_lists, Tokens) = (lists, tokens);

    /// <summary>The tokens of all lists.</summary>
    public IReadOnlySet<string> Tokens { get; }

    /// <summary>True if it depends on the bytes of a file.</summary>
    public bool HasTags => _lists.Any(list => list.Conditions.Any(one => one.IsTag));

    /// <summary>Returns true if one of the lists holds. The states of resources are asked for once each.</summary>
    public async Task<bool> HoldsAsync(Func<string?, CancellationToken, Task<DavState>> find, CancellationToken ct)
    {
        var states = new Dictionary<string, DavState>(StringComparer.Ordinal);
        foreach (DavIfList list in _lists)
        {
            string key = list.Resource ?? "";
            if (!states.TryGetValue(key, out DavState? state))
            {
                states[key] = state = await find(list.Resource, ct);
            }

            if (list.Conditions.All(one => (one.Text == (one.IsTag ? state.Tag : state.Token)) != one.IsNegated))
            {
                return true;
            }
        }

        return _lists.Count == 0;
    }

    public static DavIf Read(string? header)
    {
        if (header is null)
        {
            return Absent;
        }

        var lists = new List<DavIfList>();
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        int conditions = 0;
        string? resource = null;
        ReadOnlySpan<char> rest = header.AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            if (rest[0] == '<')
            {
                resource = Take(ref rest, '>').ToString();
            }
            else if (rest[0] == '(')
            {
                lists.Add(ReadList(resource, ref rest, tokens, ref conditions));
            }
            else
            {
                throw Invalid();
            }
        }

        return lists.Count == 0 ? throw Invalid() : new DavIf(lists, tokens);
    }

    private static DavIfList ReadList(string? resource, ref ReadOnlySpan<char> rest, HashSet<string> tokens, ref int conditions)
    {
        rest = rest[1..].TrimStart();
        var list = new List<DavIfCondition>();
        while (!rest.IsEmpty && rest[0] != ')')
        {
            bool isNegated = rest.StartsWith("Not", StringComparison.OrdinalIgnoreCase);
            rest = isNegated ? rest["Not".Length..].TrimStart() : rest;
            bool isTag = rest.StartsWith("[");
            if (!isTag && !rest.StartsWith("<"))
            {
                throw Invalid();
            }

            string text = Take(ref rest, isTag ? ']' : '>').ToString();
            list.Add(new DavIfCondition(isTag && text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text, isTag, isNegated));
            if (!isTag)
            {
                tokens.Add(text);
            }

            if (++conditions > MaxConditions)
            {
                throw ErrorCode.BadRequest.With($"The header If has more than {MaxConditions} conditions.").ToException();
            }
        }

        if (rest.IsEmpty || list.Count == 0)
        {
            throw Invalid();
        }

        rest = rest[1..].TrimStart();
        return new DavIfList(resource, list);
    }

    /// <summary>Takes the text in the brackets at the beginning.</summary>
    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, char end)
    {
        int close = rest.IndexOf(end);
        if (close < 0)
        {
            throw Invalid();
        }

        ReadOnlySpan<char> text = rest[1..close];
        rest = rest[(close + 1)..].TrimStart();
        return text;
    }

    private static HutchException Invalid() => ErrorCode.BadRequest.With(
        "The header If cannot be read. It has lists of tokens and tags, such as `(<urn:uuid:…> [\"…\"])`.").ToException();

    private sealed record DavIfList(string? Resource, IReadOnlyList<DavIfCondition> Conditions);

    private readonly record struct DavIfCondition(string Text, bool IsTag, bool IsNegated);
}

/// <param name="Token">The token of the resource's lock; null without one.</param>
/// <param name="Tag">Its entity tag; null for none.</param>
internal sealed record DavState(string? Token, string? Tag);
