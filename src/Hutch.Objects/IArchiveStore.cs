namespace Hutch.Objects;

/// <summary>A bucket with an archive class: objects in it can be read after a restore only. Failures are those of its base.</summary>
public interface IArchiveStore : IObjectStore
{
    /// <summary>Returns the state of an object; null if it is missing.</summary>
    ValueTask<ArchivedObject?> FindArchivedAsync(string key, CancellationToken cancellationToken);

    /// <summary>Moves an object, which can be read now, to a storage class. Durable on return; repeating it does no harm.</summary>
    ValueTask ChangeClassAsync(string key, string storageClass, CancellationToken cancellationToken);

    /// <summary>Begins to restore an object; one whose restore is under way, or that needs none, stays as it is.</summary>
    /// <param name="days">The number of days for which it can be read then.</param>
    /// <param name="tier">The store's word for the speed; null for its usual one.</param>
    ValueTask RestoreAsync(string key, int days, string? tier, CancellationToken cancellationToken);
}
