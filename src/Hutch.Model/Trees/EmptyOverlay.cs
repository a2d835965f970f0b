namespace Hutch.Model;

internal sealed class EmptyOverlay : IOverlaySource
{
    private EmptyOverlay()
    {
    }

    public static EmptyOverlay Instance { get; } = new();

    public ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken) => new([]);
}
