-- DropIndex
DROP INDEX "routing_decision_tenant_id_request_id_role_relation_key";

-- CreateIndex
CREATE UNIQUE INDEX "routing_decision_tenant_id_request_id_role_relation_outcome_key" ON "routing_decision"("tenant_id", "request_id", "role", "relation", "outcome");
