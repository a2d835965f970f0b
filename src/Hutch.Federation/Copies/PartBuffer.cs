namespace Hutch.Federation.Copies;

/// <summary>The memory for parts of files that came before their turn, as a limit on their number at a site.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PartBuffer(int parts)
{
    private int _left = parts;

    /// <summary>Room for one more, which <see cref="Leave"/> gives back; false when there is none.</summary>
    public bool TryRent()
    {
        if (Interlocked.Decrement(ref _left) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref _left);
        return false;
    }

    public void Leave() => Interlocked.Increment(ref _left);
}
