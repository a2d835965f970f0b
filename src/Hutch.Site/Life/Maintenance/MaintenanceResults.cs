namespace Hutch.Site.Life.Maintenance;

/// <summary>For work without a caller that could receive a refusal: the work ends there, and the job reports the reason.</summary>
internal static class MaintenanceResults
{
    public static void Require(this Result<Done> result) => _ = result.Value;
}
