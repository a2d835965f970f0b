namespace Hutch.Model.Zone;

public static class NoticeKindNames
{
    /// <summary>The kinds that a person can mute.</summary>
    public static IReadOnlyList<NoticeKind> Mutable { get; } =
        [.. Enum.GetValues<NoticeKind>().Where(static kind => kind != NoticeKind.Account)];

    public static string ToName(this NoticeKind kind) => kind switch
    {
        NoticeKind.Shares => "shares",
        NoticeKind.Requests => "requests",
        NoticeKind.Copies => "copies",
        NoticeKind.Runs => "runs",
        NoticeKind.Acquisitions => "acquisitions",
        NoticeKind.Expiry => "expiry",
        _ => "account",
    };

    /// <summary>Parses a kind that a person can mute.</summary>
    public static Result<NoticeKind> ParseMutable(string text)
    {
        foreach (NoticeKind kind in Mutable)
        {
            if (kind.ToName() == text)
            {
                return kind;
            }
        }

        return ErrorCode.NotFound.With(
            $"{Display.Quote(text)} is no kind of notification to choose for. The kinds: {string.Join(", ", Mutable.Select(ToName))}.");
    }
}
