namespace Hutch.Federation.Copies;

/// <summary>How many parts of files may wait in memory for their turn, at a site, at most.</summary>
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
