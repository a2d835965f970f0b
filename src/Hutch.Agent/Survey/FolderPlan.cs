using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>A folder that can be published, with all data that a server needs to make it a dataset.</summary>
/// <param name="Identity">The identity of the dataset: it stays when the folder is renamed or moved.</param>
public sealed record FolderPlan(
    string Folder, FolderRule Rule, string MetadataFile, YamlMap Metadata, string Identity, bool IsRunning)
{
    /// <summary>The status of the metadata file before it was read.</summary>
    public FileStatus Status { get; init; }

    /// <summary>
    /// The name of the agent's block: the configured one, unless another program's block has it already, which stays as it is.
    /// </summary>
    public string Block => FindValue(Rule.Options.Block.Name, Rule.Options.Block.Space) is { } space && !DatasetId.TryParse(space, out _)
        ? FolderRule.UsualBlock
        : Rule.Options.Block.Name;

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

    public string? InBlock(string key) => FindValue(Block, key);

    private string? FindValue(string block, string key) =>
        Metadata[block] is YamlMap entries && entries[key] is YamlScalar { IsNull: false, Text: var text } ? text : null;
}
