using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>Hands files out to workers, one at a time, as long as they fit. Safe for several threads.</summary>
internal sealed class FileQueue(IReadOnlyCollection<TrackedFile> files) : IDisposable
{
    /// <summary>Room left for a file that grew since it was looked at.</summary>
    private const int GrowthBytes = 4096;

    private readonly Lock _gate = new();
    private readonly IEnumerator<TrackedFile> _files = files.GetEnumerator();
    private TrackedFile? _next;
    private bool _ended;

    public void Dispose() => _files.Dispose();

    /// <summary>Takes the next file. False at the end; true with null when the next one does not fit any more.</summary>
    internal bool TryTake(int slots, int roomBytes, out TrackedFile? file)
    {
        lock (_gate)
        {
            file = null;
            if (_next is null && !_ended)
            {
                _ended = !_files.MoveNext();
                _next = _ended ? null : _files.Current;
            }

            if (_next is null)
            {
                return false;
            }

            if (slots > 0 && _next.Item.Status.Size + GrowthBytes <= roomBytes)
            {
                file = _next;
                _next = null;
            }

            return true;
        }
    }
}
