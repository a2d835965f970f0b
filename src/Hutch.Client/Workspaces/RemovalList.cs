namespace Hutch.Client.Workspaces;

/// <summary>
/// The files that are being removed after they were sent: <c>.hutch/removing</c>. Each has another name for the last checks. After an
/// interruption they get their names back.
/// </summary>
/// <param name="Token">The part of those names that no earlier list had.</param>
/// <param name="Paths">Their paths on the disk.</param>
internal sealed record RemovalList(string Token, IReadOnlyList<string> Paths)
{
    internal const string FileName = "removing";

    /// <summary>The name in its folder that a file of the list has for the last checks.</summary>
    internal string NameOf(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Workspace.TemporaryPrefix}{Token}-{index}");
}
