@guide-3 @readiness @external-0
Feature: 3 Test access to your PBX
  The PBX will be reachable from outside of the organization's network: test the access with a
  softphone, from outside to inside, with the settings that the bridge will have.

  Scenario: A softphone registers, and it is known from where
    When a softphone registers with User A's account
    Then it is known from where the PBX was reached
