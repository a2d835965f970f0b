using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Microsoft.AspNetCore.Builder;

namespace Hutch.Api.Endpoints;

/// <summary>All endpoints, by resource.</summary>
internal static class ApiMap
{
    public static void Map(WebApplication app, ApiContext context)
    {
        EndpointTable table = Describe(context);
        table.Map(app);
        SystemEndpoints.Map(app, context, table);
    }

    /// <summary>The table of all operations under <c>/api/v1</c>, from which the document is written too.</summary>
    public static EndpointTable Describe(ApiContext? context)
    {
        var table = new EndpointTable(context);
        ServerEndpoints.Add(table);
        LoginEndpoints.Add(table);
        OpenIdEndpoints.Add(table);
        ProfileEndpoints.Add(table);
        InviteEndpoints.Add(table);
        DatasetEndpoints.Add(table);
        EntryEndpoints.Add(table);
        ContentEndpoints.Add(table);
        ThumbnailEndpoints.Add(table);
        ZarrEndpoints.Add(table);
        StreamEndpoints.Add(table);
        ArchiveEndpoints.Add(table);
        PushEndpoints.Add(table);
        SnapshotEndpoints.Add(table);
        MetadataEndpoints.Add(table);
        PublicationEndpoints.Add(table);
        TypeEndpoints.Add(table);
        FacilityEndpoints.Add(table);
        SharingEndpoints.Add(table);
        AccessRequestEndpoints.Add(table);
        OwnershipEndpoints.Add(table);
        AccountEndpoints.Add(table);
        StepEndpoints.Add(table);
        UpkeepEndpoints.Add(table);
        StorageEndpoints.Add(table);
        SiteEndpoints.Add(table);
        SiteEndpoints.AddCopies(table);
        SiteEndpoints.AddEviction(table);
        PurgeEndpoints.Add(table);
        RuleEndpoints.Add(table);
        ActivityEndpoints.Add(table);
        EventEndpoints.Add(table);
        AnalysisEndpoints.Add(table);
        RunEndpoints.Add(table);
        WorkEndpoints.Add(table);
        return table;
    }
}
