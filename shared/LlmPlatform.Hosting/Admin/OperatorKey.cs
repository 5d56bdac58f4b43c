using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Hosting.Admin;

/// <summary>What the admin API has to know of a key that is shown to it.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Tenant">The tenant it belongs to.</param>
/// <param name="Role">What its bearer may do beside calling models.</param>
public sealed record OperatorKey(string Id, string Name, string Tenant, KeyRole Role);
