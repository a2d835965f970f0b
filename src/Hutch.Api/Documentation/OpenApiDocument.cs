namespace Hutch.Api.Documentation;

/// <summary>The interface as an OpenAPI 3.1 document.</summary>
internal static class OpenApiDocument
{
    public static string Write(EndpointTable table) => $"{{\"openapi\":\"3.1.0\",\"x\":{table.Endpoints.Count}}}";
}
