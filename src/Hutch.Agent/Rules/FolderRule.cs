using Hutch.Zone.Limits;

namespace Hutch.Agent.Rules;

/// <summary>The rule for the folders in watched parents: the options, read and checked.</summary>
public sealed class FolderRule
{
    /// <summary>The prefix of the agent's own names: never registered, never served, never a metadata file.</summary>
    public const string OwnPrefix = ".hutch-";

    public const string UsualBlock = "Hutch";

    /// <summary>The usual names of blocks: that of the agent, and those of fs2od.</summary>
    public static readonly IReadOnlyList<string> OldBlocks = [UsualBlock, "Onedata", "Onedata2"];

    private const int MaxNames = 32;
    private static readonly DateTimeOffset LeapDay = new(2000, 2, 29, 0, 0, 0, TimeSpan.Zero);
    private const int MaxNameBytes = 200; // what the agent puts before and after a name makes it longer; 255 are allowed

    private FolderRule(WatchedFolderOptions options, FolderPattern watch, VisibilityRule visibility)
    {
        Options = options;
        Watch = watch;
        Visibility = visibility;
        Personal = [.. options.Personal.Select(text => KeyPattern.Parse(text).Value)];
        Secret = [.. OldBlocks.Append(options.Block.Name).Append("**.InviteToken").Select(text => KeyPattern.Parse(text).Value)];
        LinkLife = CalendarSpan.Parse(options.LinkLife).Value;
        InviteLife = CalendarSpan.Parse(options.Invite.Life).Value;
        InviteRight = RightsExtensions.ParseRight(options.Invite.Right).Value;
        Keep = options.Keep is null ? null : CalendarSpan.Parse(options.Keep).Value;
        MaxKeep = options.MaxKeep is null ? null : CalendarSpan.Parse(options.MaxKeep).Value;
        Remind = [.. options.Remind.Select(text => CalendarSpan.Parse(text).Value)];
    }

    /// <summary>The rule of adopted folders: no file of theirs has a meaning.</summary>
    internal static FolderRule Adopted { get; } = new(
        new WatchedFolderOptions { MetadataFiles = [], RunningFile = "" }, FolderPattern.None, new VisibilityRule(IsPublic: false));

    public WatchedFolderOptions Options { get; }

    internal bool IsAdopted => ReferenceEquals(this, Adopted);

    public FolderPattern Watch { get; }

    public VisibilityRule Visibility { get; }

    /// <summary>Keys that only members see.</summary>
    public IReadOnlyList<KeyPattern> Personal { get; }

    /// <summary>The keys with blocks of agents and invites: they are visible only in the folder itself.</summary>
    public IReadOnlyList<KeyPattern> Secret { get; }

    /// <summary>For how long the share link in a block works.</summary>
    public CalendarSpan LinkLife { get; }

    /// <summary>For how long an invite can be accepted.</summary>
    public CalendarSpan InviteLife { get; }

    public Rights InviteRight { get; }

    /// <summary>The time that the files stay after acquisition; null for ever.</summary>
    public CalendarSpan? Keep { get; }

    /// <summary>The longest time after acquisition for which an owner may keep the files; null for ever.</summary>
    public CalendarSpan? MaxKeep { get; }

    /// <summary>The times before the end at which people receive reminders.</summary>
    public IReadOnlyList<CalendarSpan> Remind { get; }

    /// <summary>Returns the first rule that watches the parent of a folder; null when none does.</summary>
    public static FolderRule? Find(IReadOnlyList<FolderRule> rules, string folder) =>
        Path.GetDirectoryName(folder) is { } parent ? rules.FirstOrDefault(rule => rule.Watch.Matches(parent)) : null;

    /// <summary>Reads the options of a folder, and says the first thing that is wrong in them.</summary>
    public static Result<FolderRule> From(WatchedFolderOptions options) => Check(options).FirstOrDefault() is { } problem
        ? ErrorCode.BadRequest.With(problem)
        : new FolderRule(options, FolderPattern.Parse(options.Watch).Value, VisibilityRule.Parse(options.Visibility).Value);

    /// <param name="lineage">The type, and those above it in their order.</param>
    public VisibilityRule VisibilityOf(IEnumerable<string> lineage) => lineage
        .SelectMany(name => Options.Types.Where(type => type.Type == name))
        .Select(type => VisibilityRule.Parse(type.Visibility).Value)
        .FirstOrDefault(Visibility);

    /// <summary>Everything that is wrong in the options of a folder, a sentence each.</summary>
    public static IEnumerable<string> Check(WatchedFolderOptions options)
    {
        IEnumerable<string?> problems =
        [
            options.Watch.Length == 0 ? null : Problem("watch", FolderPattern.Parse(options.Watch).Error),
            Problem("visibility", VisibilityRule.Parse(options.Visibility).Error),
            Problem("identityKey", KeyPattern.ParseKey(options.IdentityKey).Error),
            options.Keep is null ? null : Problem("keep", CalendarSpan.Parse(options.Keep).Error),
            options.MaxKeep is null ? null : Problem("maxKeep", CalendarSpan.Parse(options.MaxKeep).Error),
            IsShorter(options.MaxKeep, options.Keep)
                ? $"'maxKeep' is {options.MaxKeep}, which is shorter than 'keep' with {options.Keep}."
                : null,
            .. options.Types.Select(type => Problem($"types.{type.Type}", VisibilityRule.Parse(type.Visibility).Error)),
            options.Types.Count > MaxNames ? $"'types' may have at most {MaxNames} entries; it has {options.Types.Count}." : null,
            options.Mapping is { } mapping && !Path.IsPathRooted(mapping)
                ? $"'mapping' is {Display.Quote(mapping)}: it must be an absolute path."
                : null,
            options.Owner is null ? null : Problem("owner", AccountName.Parse(options.Owner).Error),
            options.VisitKey is null ? null : Problem("visitKey", KeyPattern.ParseKey(options.VisitKey).Error),
            Problem("notifyKey", KeyPattern.ParseKey(options.NotifyKey).Error),
            Problem("linkLife", LifeOf(options.LinkLife).Error),
            Problem("invite.life", LifeOf(options.Invite.Life).Error),
            Problem("invite.right", RightsExtensions.ParseRight(options.Invite.Right).Error),
            options.MetadataFiles.Count is 0 or > MaxNames
                ? $"'metadataFiles' must have 1 to {MaxNames} names; it has {options.MetadataFiles.Count}."
                : null,
            options.Remind.Count > MaxNames ? $"'remind' may have at most {MaxNames} times; it has {options.Remind.Count}." : null,
            options.Personal.Count > MaxNames ? $"'personal' may have at most {MaxNames} keys; it has {options.Personal.Count}." : null,
            .. options.Remind.Select(text => Problem("remind", CalendarSpan.Parse(text).Error)),
            .. options.Personal.Select(text => Problem("personal", KeyPattern.Parse(text).Error)),
            .. options.MetadataFiles.Append(options.RunningFile).Select(NameProblem),
            options.Block.File is null ? null : NameProblem(options.Block.File),
            .. BlockProblems(options.Block),
            options.Block.File is { } file && options.MetadataFiles.Append(options.RunningFile).Contains(file)
                ? $"'block.file' is {Display.Quote(file)}: name a file that is neither a metadata file nor the running file."
                : null,
        ];
        return problems.OfType<string>();
    }

    /// <summary>The life of a link or an invite: the zone makes none that lives longer.</summary>
    private static Result<CalendarSpan> LifeOf(string text) => CalendarSpan.Parse(text).Then<CalendarSpan>(span =>
        span.After(LeapDay) - LeapDay <= TimeSpan.FromDays(AccountLimits.MaxLifeDays)
            ? span
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is too long: links and invites work for at most {AccountLimits.MaxLifeDays}d, about 99y."));

    private static bool IsShorter(string? span, string? other) =>
        span is not null && other is not null
        && CalendarSpan.Parse(span) is { IsOk: true } one && CalendarSpan.Parse(other) is { IsOk: true } two
        && one.Value.After(DateTimeOffset.UnixEpoch) < two.Value.After(DateTimeOffset.UnixEpoch);

    private static IEnumerable<string?> BlockProblems(BlockOptions block)
    {
        string[] keys = [.. block.Keys(), .. block.OperatorKeys()];
        yield return keys.Append(block.Name).FirstOrDefault(key => !IsPlainKey(key)) is { } odd
            ? $"'block' has the key {Display.Quote(odd)}: use letters, digits, '_' and '-', and begin with a letter."
            : null;
        yield return keys.GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"'block' uses the key '{twice.Key}' for two things."
            : null;
    }

    private static bool IsPlainKey(string key) =>
        key.Length is > 0 and <= 64 && char.IsAsciiLetter(key[0])
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        && !YamlWords.IsReserved(key);

    private static string? NameProblem(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes
        && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0
        && !name.StartsWith(OwnPrefix, StringComparison.Ordinal)
            ? null
            : $"{Display.Quote(name)} is not the name of a file in a folder; names that begin with {OwnPrefix} are the agent's own.";

    private static string? Problem(string option, HutchError? error) => error is null ? null : $"'{option}': {error.Message}";
}
