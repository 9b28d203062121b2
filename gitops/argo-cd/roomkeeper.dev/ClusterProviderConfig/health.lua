-- Health of a ProviderConfig or ClusterProviderConfig of Roomkeeper, by its conditions. No library of Lua is needed.
local health = { status = "Progressing", message = "waiting for Roomkeeper to look at this version of the object" }

-- What was seen before the last edit says nothing.
local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return health
end

for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Ready" then
    health.message = condition.reason .. ": " .. condition.message
    if condition.status == "True" and condition.observedGeneration == obj.metadata.generation then
      health.status = "Healthy"
    end
  end
end
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Reconciling" and condition.status == "True" then
    health.status = "Progressing"
  elseif condition.type == "Stalled" and condition.status == "True" then
    health.status = "Degraded"
  end
end
return health
