namespace Hutch.Federation.Traffic;

/// <summary>Bytes of the last while, in slots of equal length; a slot that is older makes room. Not thread-safe.</summary>
/// <param name="slots">How many slots count, with the one that is filled now.</param>
internal sealed class TrafficWindow(int slots, TimeSpan length)
{
    private readonly (long Number, long Received, long Sent)[] _slots = new (long, long, long)[slots];

    /// <summary>Adds the bytes of a moment.</summary>
    public void Add(TimeSpan now, long received, long sent)
    {
        long number = now.Ticks / length.Ticks;
        ref (long Number, long Received, long Sent) slot = ref _slots[number % slots];
        slot = slot.Number == number ? (number, slot.Received + received, slot.Sent + sent) : (number, received, sent);
    }

    /// <summary>Returns the bytes of all slots that count at a moment.</summary>
    public (long Received, long Sent) Sum(TimeSpan now)
    {
        long number = now.Ticks / length.Ticks;
        (long received, long sent) = (0L, 0L);
        foreach ((long of, long came, long went) in _slots)
        {
            bool counts = of > number - slots && of <= number;
            (received, sent) = counts ? (received + came, sent + went) : (received, sent);
        }

        return (received, sent);
    }
}
