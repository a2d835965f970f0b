using Hutch.Agent.Blocks;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

/// <summary>Says of one folder whether it can be published, and why not.</summary>
internal sealed class FolderExaminer(YamlLimits limits)
{
    private const int MaxIdentityCharacters = 200;

    public FolderFinding Examine(FolderHandle folder, string path, FolderRule rule)
    {
        foreach (string name in rule.Options.MetadataFiles)
        {
            if (folder.Status(name) is not { } status)
            {
                continue;
            }

            return status.Type != FileType.File
                ? new FolderFinding(path, Problem: $"'{name}' is no regular file; links are not followed.", MetadataFile: name)
                : WholeFile.TryRead(folder, name, limits.MaxBytes) is { } bytes
                ? Plan(folder, path, rule, name, status, bytes)
                : new FolderFinding(path);
        }

        return new FolderFinding(path);
    }

    private FolderFinding Plan(FolderHandle folder, string path, FolderRule rule, string name, FileStatus status, byte[] bytes)
    {
        Result<FolderPlan> plan = YamlReader.Read(bytes, limits).Then(map => Identity(map, rule).Then(
            identity => Release(map, rule).Then<FolderPlan>(
                _ => new FolderPlan(path, rule, name, map, identity, folder.Status(rule.Options.RunningFile) is not null)
                {
                    Status = status,
                })));
        if (!plan.IsOk)
        {
            return new FolderFinding(path, Problem: $"{name}: {plan.Error.Message}", MetadataFile: name);
        }

        Result<FolderPlan> complete = rule.Options.Block.File is { } file
            ? WithFileBeside(folder, plan.Value, file)
            : Block(bytes, plan.Value);
        return complete.IsOk
            ? new FolderFinding(path, complete.Value)
            : new FolderFinding(path, Problem: $"{rule.Options.Block.File ?? name}: {complete.Error.Message}", MetadataFile: name);
    }

    private Result<FolderPlan> WithFileBeside(FolderHandle folder, FolderPlan plan, string file)
    {
        if (folder.Status(file) is not { } status)
        {
            return plan with { Beside = YamlReader.Read("{}"u8, limits).Value };
        }

        return WholeFile.TryRead(folder, file, limits.MaxBytes) is { } bytes
            ? YamlReader.Read(bytes, limits).Then(map => Block(bytes, plan with { Beside = map, BesideStatus = status }))
            : ErrorCode.Unprocessable.With("it is no regular file; links are not followed.");
    }

    private static Result<string> Identity(YamlMap map, FolderRule rule)
    {
        string key = rule.Options.IdentityKey;
        return map.Find(key) switch
        {
            YamlScalar { IsNull: false, Text: { Length: > 0 and <= MaxIdentityCharacters } text } => text,
            null => ErrorCode.Unprocessable.With($"the key '{key}' is missing, which says which dataset this is."),
            { } node => ErrorCode.Unprocessable.With(FormattableString.Invariant(
                $"line {node.Line}: '{key}' must be one value of 1 to {MaxIdentityCharacters} characters: it says which dataset this is.")),
        };
    }

    private static Result<Done> Release(YamlMap map, FolderRule rule)
    {
        if (rule.Visibility.Key is not { } key)
        {
            return Done.Value;
        }

        return map.Find(key) is YamlScalar { IsNull: false } value
            && (VisibilityRule.TryReadDate(value.Text, out _) || CalendarSpan.Parse(value.Text).IsOk)
            ? Done.Value
            : VisibilityRule.NotSaid(key);
    }

    // Tries the edit of the block, with placeholders for the later values.
    private Result<FolderPlan> Block(byte[] bytes, FolderPlan plan)
    {
        BlockValue[] values = [.. plan.Rule.Options.Block.Keys().Select(key => new BlockValue(key, "x"))];
        return BlockEditor.Edit(bytes, plan.Block, values, limits).Then<FolderPlan>(_ => plan);
    }
}
