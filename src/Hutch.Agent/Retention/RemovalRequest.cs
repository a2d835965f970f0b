using Hutch.Model;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Retention;

/// <summary>
/// What operators wrote into the block: whether the files should leave, and when. The agent reads it and never resets it.
/// </summary>
/// <param name="AsksRemoval">Whether <c>DeniedProviders</c> names <c>primary</c>.</param>
/// <param name="Removing">What <c>RemovingTime</c> says; null for nothing.</param>
/// <param name="Problem">What is wrong in it, for the operator; then the files stay. Null for nothing.</param>
public sealed record RemovalRequest(bool AsksRemoval, RemovingTime? Removing, string? Problem = null)
{
    /// <summary>How the facility itself is called among the places of a dataset, as with fs2od.</summary>
    public const string Primary = "primary";

    /// <summary>What stands in the block in place of a time when the files have left.</summary>
    public const string Removed = "removed";

    /// <summary>Nothing was written.</summary>
    public static RemovalRequest None { get; } = new(false, null);

    /// <summary>Whether the files have left already.</summary>
    public bool IsRemoved => Removing?.Kind == RemovingKind.Removed;

    /// <summary>Reads the block of a metadata file.</summary>
    /// <param name="block">The block; null when there is none.</param>
    /// <param name="keys">How its keys are called.</param>
    public static RemovalRequest Read(YamlMap? block, BlockOptions keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
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
