using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Types of datasets.</summary>
public static class TypeCalls
{
    extension(HutchClient client)
    {
        /// <summary>Lists the types that the server knows, without their attributes.</summary>
        public IAsyncEnumerable<TypeInfo> ListTypesAsync(CancellationToken ct = default) =>
            client.ListAsync("types", HutchJson.Default.PageTypeInfo, ct);

        public Task<TypeInfo> GetTypeAsync(string name, CancellationToken ct = default) =>
            client.GetAsync("types/" + EscapedType(name), HutchJson.Default.TypeInfo, ct);

        /// <summary>The JSON Schema of the metadata of a type.</summary>
        public async Task<string> GetTypeSchemaAsync(string name, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () => Request(HttpMethod.Get, $"types/{EscapedType(name)}/schema"), repeatable: true, ct);
            return await response.Content.ReadAsStringAsync(ct);
        }

        public Task<DatasetAttributes> GetAttributesAsync(DatasetId id, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}/attributes", HutchJson.Default.DatasetAttributes, ct);

        /// <summary>Returns metadata that a dataset's files have and its metadata lack.</summary>
        public Task<SuggestedMetadataInfo> GetSuggestionsAsync(DatasetId id, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{id}/metadata/suggestions", HutchJson.Default.SuggestedMetadataInfo, ct);
    }

    // Its slashes are those of the address.
    private static string EscapedType(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
    }
}
