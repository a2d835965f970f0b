using Hutch.Analysis.Spots.Kernels;

namespace Hutch.Analysis.Spots;

/// <summary>
/// Joins strong pixels that share an edge (left, right, above, below; not diagonally) into spots, and keeps those of the wanted
/// size whose brightest pixel is near their centroid.
/// </summary>
internal sealed class SpotGrouping(SpotFinderParameters parameters)
{
    /// <summary>The most groups: a frame of noise decides about memory otherwise.</summary>
    public const int MaxComponents = 512 << 10;

    /// <summary>Memory of one strong pixel here.</summary>
    public const int BytesEach = sizeof(int);

    // For each strong pixel the position of another one of its group, never a later one; in the end the complement of the group's number.
    private int[] _parents = [];
    private Component[] _components = [];

    /// <summary>Fills <paramref name="spots"/> from strong pixels in row-major order; false if they form too many groups.</summary>
    public bool TryGroup(StrongPixels strong, int width, SpotList spots)
    {
        if (_parents.Length < strong.Count)
        {
            _parents = new int[strong.Count];
        }

        Join(strong.Indices, width);
        int count = Number(strong.Count);
        if (count > MaxComponents)
        {
            return false;
        }

        if (_components.Length < count)
        {
            _components = new Component[Math.Min(count * 2, MaxComponents)];
        }

        Sum(strong, width);
        spots.Clear();
        spots.StrongPixels = strong.Count;
        spots.Components = count;
        for (int i = 0; i < count; i++)
        {
            AddIfSelected(_components[i], spots);
        }

        return true;
    }

    /// <summary>Numbers the groups in the order of their first pixels. A parent is never later, so one pass reaches every pixel.</summary>
    private int Number(int pixels)
    {
        int count = 0;
        for (int i = 0; i < pixels; i++)
        {
            int parent = _parents[i];
            _parents[i] = parent == i ? ~count++ : _parents[parent];
        }

        return count;
    }

    private void Join(ReadOnlySpan<int> indices, int width)
    {
        int above = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            _parents[i] = i;
            if (i > 0 && indices[i - 1] == index - 1 && index % width != 0)
            {
                Union(i - 1, i);
            }

            while (indices[above] < index - width)
            {
                above++;
            }

            if (indices[above] == index - width)
            {
                Union(above, i);
            }
        }
    }

    private void Union(int a, int b)
    {
        int first = Find(a), second = Find(b);
        _parents[Math.Max(first, second)] = Math.Min(first, second);
    }

    private int Find(int i)
    {
        while (_parents[i] != i)
        {
            // Halves the path, so that long chains stay cheap.
            _parents[i] = _parents[_parents[i]];
            i = _parents[i];
        }

        return i;
    }

    private void Sum(StrongPixels strong, int width)
    {
        ReadOnlySpan<int> indices = strong.Indices;
        ReadOnlySpan<uint> values = strong.Values;
        int begun = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            int group = ~_parents[i];
            int y = indices[i] / width;
            int x = indices[i] - (y * width);
            if (group == begun)
            {
                _components[begun++] = new Component(x, y);
            }

            _components[group].Add(x, y, values[i]);
        }
    }

    private void AddIfSelected(in Component component, SpotList spots)
    {
        if (component.Count < parameters.MinSpotSize || component.Count > parameters.MaxSpotSize)
        {
            return;
        }

        Spot spot = component.ToSpot();
        double dx = spot.PeakX + 0.5 - spot.CentroidX;
        double dy = spot.PeakY + 0.5 - spot.CentroidY;
        if (Math.Sqrt((dx * dx) + (dy * dy)) <= parameters.MaxSeparation)
        {
            spots.Add(spot);
        }
    }

    /// <summary>
    /// Running sums over one group. Moments are taken from its first pixel, so that they fit 64 bits for every kept size.
    /// </summary>
    private struct Component
    {
        public int Count;
        private readonly int _firstX, _firstY;
        private long _sum, _momentX, _momentY;
        private int _x0, _x1, _y1, _peakX, _peakY;
        private uint _peak;

        public Component(int firstX, int firstY)
        {
            _firstX = _x0 = _x1 = _peakX = firstX;
            _firstY = _y1 = _peakY = firstY;
        }

        public void Add(int x, int y, uint value)
        {
            Count++;
            _sum += value;
            _momentX += (long)value * (x - _firstX);
            _momentY += (long)value * (y - _firstY);
            _x0 = Math.Min(_x0, x);
            _x1 = Math.Max(_x1, x);
            _y1 = y;
            if (value > _peak)
            {
                (_peak, _peakX, _peakY) = (value, x, y);
            }
        }

        // A strong pixel is above the global threshold, so above 0: there is always a weight.
        public readonly Spot ToSpot() => new(
            Count,
            _sum,
            _firstX + 0.5 + ((double)_momentX / _sum),
            _firstY + 0.5 + ((double)_momentY / _sum),
            new SpotBox(_x0, _x1 + 1, _firstY, _y1 + 1),
            _peakX,
            _peakY);
    }
}
