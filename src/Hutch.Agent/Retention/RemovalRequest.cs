namespace Hutch.Agent.Retention;

/// <summary>The request of operators in the block: if and when the files should leave. The agent reads it and never resets it.</summary>
/// <param name="AsksRemoval">True if <c>DeniedProviders</c> names <c>primary</c>.</param>
/// <param name="Problem">The error in the request, for the operator; the files then stay. Null for none.</param>
public sealed record RemovalRequest(bool AsksRemoval, RemovingTime? Removing, string? Problem = null)
{
    /// <summary>The name of the facility itself among the locations of a dataset, as with fs2od.</summary>
    public const string Primary = "primary";

    /// <summary>The word in the block that replaces the time when the files have left.</summary>
    public const string Removed = "removed";

    // fs2od has taken 'primary' out of the list by then, and waits until another provider has a file of the folder.
    private const string Transfers = "transfers";

    public static RemovalRequest None { get; } = new(false, null);

    /// <summary>The requests in the other blocks of the folder, such as that of fs2od.</summary>
    public IReadOnlyList<RemovalRequest> Others { get; init; } = [];

    /// <summary>The requests in all blocks that have one.</summary>
    public IEnumerable<RemovalRequest> All =>
        Others.Prepend(this).Where(one => one.AsksRemoval || one.Removing is not null || one.Problem is not null);

    /// <summary>True if the files have left already.</summary>
    public bool IsRemoved => Removing?.Kind == RemovingKind.Removed;

    public static RemovalRequest Read(YamlMap? block, BlockOptions keys)
    {
        bool asks = false;
        string? problem = null;
        switch (block?[keys.DeniedProviders])
        {
            case null or YamlScalar { IsNull: true } or YamlScalar { Text: "" }: break;
            case YamlScalar one: asks = one.Text == Primary; break;
            case YamlList list: asks = list.Items.Any(item => item is YamlScalar { Text: Primary }); break;
            default: problem = $"'{keys.DeniedProviders}' must be a list such as [{Primary}]. The files stay until it is corrected."; break;
        }

        switch (block?[keys.RemovingTime])
        {
            case null or YamlScalar { IsNull: true } or YamlScalar { Text: "" }:
                return new RemovalRequest(asks, null, problem);
            case YamlScalar { Text: Transfers }:
                return new RemovalRequest(true, new RemovingTime(RemovingKind.Now), problem);
            case YamlScalar scalar:
                return RemovingTime.Parse(scalar.Text).TryGet(out RemovingTime? removing, out HutchError? wrong)
                    ? new RemovalRequest(asks, removing, problem)
                    : new RemovalRequest(asks, null, $"'{keys.RemovingTime}': {wrong.Message}");
            default:
                return new RemovalRequest(
                    asks, null, $"'{keys.RemovingTime}' must be one value, such as never. The files stay until it is corrected.");
        }
    }
}
