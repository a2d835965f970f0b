using Hutch.Agent.Retention;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>A folder that can be published, with all data that a server needs to make it a dataset.</summary>
/// <param name="Identity">The identity of the dataset: it stays when the folder is renamed or moved.</param>
public sealed record FolderPlan(
    string Folder, FolderRule Rule, string MetadataFile, YamlMap Metadata, string Identity, bool IsRunning)
{
    /// <summary>The status of the metadata file before it was read.</summary>
    public FileStatus Status { get; init; }

    /// <summary>The content of the file with the block; null where that is the metadata file. Empty where it does not exist yet.</summary>
    public YamlMap? Beside { get; init; }

    /// <summary>The status of the file beside the metadata file before it was read; null without one.</summary>
    public FileStatus? BesideStatus { get; init; }

    /// <summary>The file with the block.</summary>
    public string BlockFile => Rule.Options.Block.File ?? MetadataFile;

    /// <summary>
    /// The name of the agent's block: the configured one, unless another program's block has it already, which stays as it is.
    /// </summary>
    public string Block => Blocks[Rule.Options.Block.Name] is YamlMap block && IsForeign(block)
        ? FolderRule.UsualBlock
        : Rule.Options.Block.Name;

    public YamlMap? OwnBlock => Blocks[Block] as YamlMap;

    /// <summary>
    /// The other blocks of fs2od or an agent: those that people know by name, and each with an id of a space. What operators wrote there
    /// counts.
    /// </summary>
    public IEnumerable<(string Name, YamlMap Block)> OtherBlocks =>
        from file in Beside is null ? [Metadata] : new[] { Metadata, Beside }
        from entry in file.Entries
        where entry.Value is YamlMap && (!ReferenceEquals(file, Blocks) || entry.Key != Block)
        let block = (YamlMap)entry.Value
        where FolderRule.OldBlocks.Contains(entry.Key) || entry.Key == Rule.Options.Block.Name
            || block[Rule.Options.Block.Space] is YamlScalar { IsNull: false }
        select (entry.Key, block);

    /// <summary>The request of operators in the agent's block, and those in the other blocks.</summary>
    public RemovalRequest Removal => RemovalRequest.Read(OwnBlock, Rule.Options.Block) with
    {
        Others =
        [
            .. from other in OtherBlocks
               let request = RemovalRequest.Read(other.Block, Rule.Options.Block)
               select request.Problem is { } problem
                   ? request with { Problem = $"in the block {Display.Quote(other.Name)}: {problem}" }
                   : request,
        ],
    };

    /// <summary>The addresses that the data had with fs2od, such as its share link: publications cite them.</summary>
    public IReadOnlyList<string> FormerLinks =>
    [
        .. OtherBlocks.Where(other => IsForeign(other.Block))
            .Select(other => TextOf(other.Block, Rule.Options.Block.PublicUrl)).OfType<string>().Where(IsAddress).Distinct(),
    ];

    private YamlMap Blocks => Beside ?? Metadata;

    /// <summary>The content of the file, without secrets.</summary>
    public YamlMap Shown => SecretTexts.Without(Metadata);

    /// <summary>
    /// Returns the visit that the metadata name, or else the owner of the rule; null for the agent's account. A visit that cannot be read
    /// is refused, because the files would belong to others.
    /// </summary>
    public Result<AccountName?> FindOwner()
    {
        if (Rule.Options.VisitKey is { } key && Metadata.Find(key) is { } value && !YamlValues.IsNothing(value))
        {
            return value is YamlScalar { Text: var text } && AccountName.Parse(text.ToLowerInvariant()).TryGet(out AccountName visit, out _)
                ? (AccountName?)visit
                : ErrorCode.Unprocessable.With(
                    $"'{key}' in '{MetadataFile}' must be the name of a visit: lower-case letters, digits and dashes.");
        }

        return Rule.Options.Owner is { } name ? AccountName.Parse(name).Value : (AccountName?)null;
    }

    public string? InBlock(string key) => OwnBlock is { } block ? TextOf(block, key) : null;

    /// <summary>Returns true if a block has the id or the link of another program. An agent always writes the id of a dataset.</summary>
    private bool IsForeign(YamlMap block)
    {
        BlockOptions keys = Rule.Options.Block;
        return !DatasetId.TryParse(TextOf(block, keys.Space), out _)
            && (TextOf(block, keys.Space) ?? TextOf(block, keys.PublicUrl)) is not null;
    }

    private static bool IsAddress(string text) => text.Length <= FolderSharing.MaxDetailCharacters
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address is { Scheme: "https" or "http", Host.Length: > 0 };

    private static string? TextOf(YamlMap block, string key) =>
        block[key] is YamlScalar { IsNull: false, Text: { Length: > 0 } text } ? text : null;
}
