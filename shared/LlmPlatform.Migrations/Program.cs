// The startup project of dotnet-ef. From the root of the repository, to add a migration to a service:
//   dotnet-ef migrations add Initial -p services/metering/LlmPlatform.Metering -s shared/LlmPlatform.Migrations \
//     -c MeteringDbContext -o Migrations
// and to ask whether the model of a service has changed since its last one, with the same -p, -s and -c:
//   dotnet-ef migrations has-pending-model-changes ...
// No server is needed: each service has an IDesignTimeDbContextFactory beside its context.
return 0;
