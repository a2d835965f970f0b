using Hutch.Model;

namespace Hutch.Site.Life.Maintenance;

/// <summary>For work that has nobody to tell of a refusal: it ends there, and the job says why.</summary>
internal static class MaintenanceResults
{
    public static void Require(this Result<Done> result)
    {
        if (!result.IsOk)
        {
            throw result.Error.ToException();
        }
    }
}
