namespace Hutch.Catalog.Zone;

/// <summary>A store for copies of <c>zone.db</c> that outlasts this machine.</summary>
public interface IZoneSafe
{
    /// <summary>Returns the reason why no copy can be stored now; null if one can.</summary>
    ValueTask<HutchError?> FindRefusalAsync(CancellationToken ct);

    /// <summary>Stores the newest copy in the folder of copies; on return it is durable there.</summary>
    Task<Result<Done>> StoreAsync(CancellationToken ct);
}
